/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.internal.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves which entries the holder of a log's key wrote, before a checkpoint covers them: one
 * message authentication code an entry. Not thread-safe.
 */
final class EntryCodes {
  /*
   * A signature an entry would cost a millisecond, HMAC-SHA256 costs about half a microsecond. Its
   * key is the hash of the signature over a text that is nothing else: the signer alone can make it
   * again after a crash, because Ed25519 gives one signature for one text (RFC 8032). A code covers
   * the code before it, so it proves all entries since the key began, in their order; the first
   * covers the root over the entries before.
   */
  static final int WIDTH = 44;

  private static final String PURPOSE = "arbiter codes of log entries v1\n";
  private static final String HMAC = "HmacSHA256";

  private final Mac mac;
  private final byte[] code = new byte[Digests.LENGTH];
  private final byte[] line = new byte[WIDTH];

  private EntryCodes(byte[] secret) {
    try {
      this.mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(secret, HMAC));
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException("no key of " + secret.length + " bytes", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform has no " + HMAC, e);
    }
  }

  /**
   * The codes of one log under one key; costs two signatures.
   *
   * @throws IllegalStateException if the signer gives two signatures for one text
   */
  static EntryCodes of(String origin, Signer key) {
    byte[] text = (PURPOSE + origin + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] secret = Digests.sha256().digest(key.signChecked(text));
    if (!MessageDigest.isEqual(secret, Digests.sha256().digest(key.signChecked(text)))) {
      throw new IllegalStateException(
          "signer "
              + key.id()
              + " gives another signature each time; a log in a folder needs one that is always"
              + " the same (Ed25519 as in RFC 8032), to know its own entries after a crash");
    }
    EntryCodes codes = new EntryCodes(secret);
    codes.start(0, new MerkleTree().root(0));
    return codes;
  }

  /** Begins after so many entries with this root. */
  void start(long size, byte[] root) {
    mac.update(ByteBuffer.allocate(Long.BYTES).putLong(size).array());
    mac.update(root);
    finish();
  }

  /** The code of the next entry as Base64; valid until the next call. */
  byte[] next(byte[] leaf) {
    mac.update(code);
    mac.update(leaf);
    finish();
    Base64.getEncoder().encode(code, line);
    return line;
  }

  private void finish() {
    try {
      mac.doFinal(code, 0);
    } catch (ShortBufferException e) {
      throw new IllegalStateException(HMAC + " gives more than " + code.length + " bytes", e);
    }
  }
}
