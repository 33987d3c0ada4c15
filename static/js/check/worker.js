// Checks files beside the page, so that the page can end what takes too long.

import { gather } from "./published.js";
import { answer, check, LARGEST } from "./verdict.js";

onmessage = async ({ data: { file, addresses } }) => {
  let published;
  try {
    published = await gather(addresses);
  } catch {
    postMessage({ answer: answer("not-reached") });
    return;
  }
  postMessage({ ready: true });
  try {
    const bytes = new Uint8Array(await file.slice(0, LARGEST + 1).arrayBuffer());
    postMessage({ answer: await check(bytes, published, Date.now()) });
  } catch {
    // Nothing here may look like a verdict when it is a fault of ours.
    postMessage({ answer: answer("needs-upload") });
  }
};
