"""The words of a certificate in Malay, English and Indonesian.

They live here and not in the translation catalogue: a certificate is a legal document whose words
change only by decision of the institute, and always in the three languages together.
"""

TITLES = {
    "competence": {
        "ms": "Sijil Kompetensi",
        "en": "Certificate of Competence",
        "id": "Sertifikat Kompetensi",
    },
    "completion": {
        "ms": "Sijil Tamat Kursus",
        "en": "Certificate of Completion",
        "id": "Surat Tanda Tamat Pelatihan",
    },
    "attendance": {
        "ms": "Sijil Kehadiran",
        "en": "Certificate of Attendance",
        "id": "Sertifikat Keikutsertaan",
    },
    "award-certificate": {
        "ms": "Sijil Pascasiswazah",
        "en": "Postgraduate Certificate",
        "id": "Sertifikat Pascasarjana",
    },
    "award-diploma": {
        "ms": "Diploma Pascasiswazah",
        "en": "Postgraduate Diploma",
        "id": "Diploma Pascasarjana",
    },
    "award-master": {
        "ms": "Ijazah Sarjana",
        "en": "Master's Degree",
        "id": "Gelar Magister",
    },
    "transcript": {
        "ms": "Transkrip Akademik",
        "en": "Academic Transcript",
        "id": "Transkrip Akademik",
    },
    "transcript-interim": {
        "ms": "Transkrip Akademik Sementara",
        "en": "Interim Academic Transcript",
        "id": "Transkrip Akademik Sementara",
    },
}

DEEDS = {
    "competence": {
        "ms": "telah dinilai kompeten dalam",
        "en": "has been assessed as competent in",
        "id": "telah dinilai kompeten dalam",
    },
    "completion": {
        "ms": "telah menamatkan dengan jayanya",
        "en": "has successfully completed",
        "id": "telah berhasil menyelesaikan",
    },
    "attendance": {
        "ms": "telah menghadiri",
        "en": "attended",
        "id": "telah menghadiri",
    },
    "award": {
        "ms": "telah memenuhi semua syarat program dan dianugerahi",
        "en": "has met all requirements of the programme and is awarded the",
        "id": "telah memenuhi semua persyaratan program dan dianugerahi",
    },
    "transcript": {
        "ms": "telah menamatkan kursus yang berikut dalam",
        "en": "has completed the following courses of the",
        "id": "telah menyelesaikan kursus berikut dalam",
    },
}

RESULTS = {
    "competent": {"ms": "Kompeten", "en": "Competent", "id": "Kompeten"},
    "completed": {"ms": "Tamat", "en": "Completed", "id": "Selesai"},
    "attended": {"ms": "Hadir", "en": "Attended", "id": "Hadir"},
}

PHRASES = {
    "receipt": {
        "ms": "Resit log awam sijil",
        "en": "Receipt of the public log of certificates",
        "id": "Tanda terima log publik sertifikat",
    },
    "replaces": {
        "ms": "Menggantikan sijil {serial}.",
        "en": "Replaces certificate {serial}.",
        "id": "Menggantikan sertifikat {serial}.",
    },
    "lead": {
        "ms": "Dengan ini disahkan bahawa",
        "en": "This is to certify that",
        "id": "Dengan ini dinyatakan bahwa",
    },
    "claims_competence": {
        "ms": "Kompetensi yang dibuktikan",
        "en": "Competencies demonstrated",
        "id": "Kompetensi yang dibuktikan",
    },
    "claims_completion": {
        "ms": "Kompetensi yang diliputi",
        "en": "Competencies covered",
        "id": "Kompetensi yang dicakup",
    },
    "annex": {
        "ms": "{count} kompetensi disenaraikan di halaman 2",
        "en": "{count} competencies are listed on page 2",
        "id": "{count} kompetensi tercantum di halaman 2",
    },
    "serial": {"ms": "Nombor sijil", "en": "Certificate number", "id": "Nomor sertifikat"},
    "issued": {"ms": "Dikeluarkan", "en": "Issued", "id": "Diterbitkan"},
    "valid_until": {"ms": "sah hingga", "en": "valid until", "id": "berlaku hingga"},
    "no_end": {"ms": "tiada tarikh luput", "en": "no expiry date", "id": "tanpa batas waktu"},
    "check_at": {"ms": "Semak di", "en": "Check at", "id": "Periksa di"},
    "qr": {
        "ms": "Kod QR ke alamat semakan {address}",
        "en": "QR code of the verification address {address}",
        "id": "Kode QR ke alamat pemeriksaan {address}",
    },
    "attachment": {
        "ms": "Kredensial digital (Open Badges 3.0)",
        "en": "Digital credential (Open Badges 3.0)",
        "id": "Kredensial digital (Open Badges 3.0)",
    },
    "small": {
        "ms": "Ditandatangani secara digital oleh {issuer}. Salinan bercetak hanya sah jika rekod "
        "di alamat semakan sepadan; pastikan alamat bermula dengan {host}.",
        "en": "Digitally signed by {issuer}. A printed copy is valid only if the record at the "
        "verification address agrees; make sure that the address starts with {host}.",
        "id": "Ditandatangani secara digital oleh {issuer}. Salinan cetak hanya sah jika catatan "
        "di alamat pemeriksaan sesuai; pastikan alamat diawali dengan {host}.",
    },
    "signature": {
        "ms": "Tandatangan {who}",
        "en": "Signature of {who}",
        "id": "Tanda tangan {who}",
    },
    "hours": {"ms": "{count} jam", "en": "{count} hours", "id": "{count} jam"},
    "hour": {"ms": "1 jam", "en": "1 hour", "id": "1 jam"},
    "minutes": {"ms": "{count} minit", "en": "{count} minutes", "id": "{count} menit"},
    "minute": {"ms": "1 minit", "en": "1 minute", "id": "1 menit"},
    "cpd": {"ms": "{count} mata CPD", "en": "{count} CPD points", "id": "{count} poin PKB"},
    "cpd_one": {"ms": "1 mata CPD", "en": "1 CPD point", "id": "1 poin PKB"},
    "credits": {"ms": "{count} kredit", "en": "{count} credits", "id": "{count} kredit"},
    "credit": {"ms": "1 kredit", "en": "1 credit", "id": "1 kredit"},
    "earned": {
        "ms": "{earned} daripada {count} kredit",
        "en": "{earned} of {count} credits",
        "id": "{earned} dari {count} kredit",
    },
    "level": {"ms": "MQF tahap {level}", "en": "MQF level {level}", "id": "MQF tingkat {level}"},
    "awarded": {
        "ms": "dianugerahkan pada {day}",
        "en": "awarded on {day}",
        "id": "dianugerahkan pada {day}",
    },
    "interim": {
        "ms": "Transkrip sementara: program belum ditamatkan.",
        "en": "Interim transcript: the programme is not completed yet.",
        "id": "Transkrip sementara: program belum diselesaikan.",
    },
    "courses": {"ms": "Kursus yang ditamatkan", "en": "Completed courses", "id": "Kursus selesai"},
    "course_code": {"ms": "Kod", "en": "Code", "id": "Kode"},
    "course_title": {"ms": "Kursus", "en": "Course", "id": "Kursus"},
    "course_credits": {"ms": "Kredit", "en": "Credits", "id": "Kredit"},
    "course_hours": {"ms": "Jam", "en": "Hours", "id": "Jam"},
    "course_day": {"ms": "Ditamatkan", "en": "Completed on", "id": "Diselesaikan"},
    "course_result": {"ms": "Keputusan", "en": "Result", "id": "Hasil"},
    "sum": {"ms": "Jumlah", "en": "Total", "id": "Jumlah"},
    "page": {"ms": "Halaman", "en": "Page", "id": "Halaman"},
}
