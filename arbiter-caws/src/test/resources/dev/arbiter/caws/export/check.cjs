// SPDX-License-Identifier: Apache-2.0
// Checks an exported folder with Sigstore's own packages: node check.cjs FOLDER MODULES
// Prints one line of JSON: how many of each were verified, and how many tampered copies were refused.
const fs = require('fs');
const path = require('path');
const crypto = require('crypto');
const [folder, modules] = process.argv.slice(2);
const from = (name) => require(path.join(modules, name));
const { Verifier, toSignedEntity, toTrustMaterial } = from('@sigstore/verify');
const { bundleFromJSON } = from('@sigstore/bundle');
const { verifyMerkleInclusion } = from('@sigstore/verify/dist/tlog/merkle.js');
const { verifyCheckpoint } = from('@sigstore/verify/dist/tlog/checkpoint.js');

const read = (name) => fs.readFileSync(path.join(folder, name), 'utf8');
const json = (name) => JSON.parse(read(name));
const pem = read('public-key.pem');
const publicKey = crypto.createPublicKey(pem);
const spki = publicKey.export({ type: 'spki', format: 'der' });
const keyId = 'sha256:' + crypto.createHash('sha256').update(spki).digest('hex');
const verifier = new Verifier(
  toTrustMaterial(
    { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] },
    { [keyId]: { rawBytes: spki, validFor: {} } }
  ),
  { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }
);
const verifyBundle = (bundle) => verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
const note = read('checkpoint.txt');
const origin = note.split('\n')[0];
const hint = Buffer.from(note.trim().split(' ').pop(), 'base64').subarray(0, 4);
const logs = [{ baseURL: 'https://' + origin, logID: hint, publicKey }];
const entry = (payload, proof) => ({
  canonicalizedBody: Buffer.from(payload, 'base64'),
  inclusionProof: {
    logIndex: proof.logIndex,
    treeSize: proof.treeSize,
    hashes: proof.hashes.map((hash) => Buffer.from(hash, 'base64')),
    checkpoint: { envelope: note },
  },
});
const verifyProof = (payload, proof) => {
  const e = entry(payload, proof);
  const checkpoint = verifyCheckpoint(e, logs);
  if (String(checkpoint.logSize) !== String(proof.treeSize)) throw new Error('other size');
  verifyMerkleInclusion(e, checkpoint);
};
const refuses = (check) => {
  try {
    check();
    return 0;
  } catch (e) {
    return 1;
  }
};
const flipped = (base64) => {
  const bytes = Buffer.from(base64, 'base64');
  bytes[bytes.length >> 1] ^= 1;
  return bytes.toString('base64');
};

const done = { bundles: 0, summaries: 0, proofs: 0, statements: 0, tampered: 0, refused: 0 };
for (let n = 0; fs.existsSync(path.join(folder, n + '.dsse.json')); n++) {
  const bundle = json(n + '.bundle.json');
  const envelope = json(n + '.dsse.json');
  const proof = json(n + '.proof.json');
  verifyBundle(bundle);
  done.bundles++;
  verifyBundle({ ...bundle, dsseEnvelope: envelope });
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64'));
  if (statement._type !== 'https://in-toto.io/Statement/v1') throw new Error('no statement');
  if (!statement.subject.every((s) => /^[0-9a-f]{64}$/.test(s.digest.sha256))) throw new Error('subject');
  done.statements++;
  verifyProof(envelope.payload, proof);
  done.proofs++;
  if (fs.existsSync(path.join(folder, n + '.summary.json'))) {
    verifyBundle({ ...bundle, dsseEnvelope: json(n + '.summary.json') });
    done.summaries++;
  }
  const change = (f) => {
    const copy = JSON.parse(JSON.stringify(bundle));
    f(copy.dsseEnvelope);
    return () => verifyBundle(copy);
  };
  for (const check of [
    change((e) => (e.payload = flipped(e.payload))),
    change((e) => (e.payloadType = 'application/json')),
    change((e) => (e.signatures[0].sig = flipped(e.signatures[0].sig))),
    () => verifyProof(flipped(envelope.payload), proof),
    () => verifyProof(envelope.payload, { ...proof, hashes: proof.hashes.map(flipped).concat(proof.hashes.length ? [] : [hint.toString('base64')]) }),
  ]) {
    done.tampered++;
    done.refused += refuses(check);
  }
}
console.log(JSON.stringify(done));
