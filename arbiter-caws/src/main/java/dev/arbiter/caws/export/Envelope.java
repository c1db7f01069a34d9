/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.internal.Digests;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * An in-toto statement signed in a DSSE envelope (secure-systems-lab/dsse, version 1).
 *
 * <p>The signature covers payload type and payload, each with its length, so that a reader cannot
 * confuse the two. Immutable.
 */
public final class Envelope {
  /** The payload type of every envelope here. */
  public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  private static final FixedLayout LAYOUT =
      new FixedLayout(
          "{\"payload\":\"",
          "\",\"payloadType\":\"" + PAYLOAD_TYPE + "\",\"signatures\":[{\"keyid\":\"",
          "\",\"sig\":\"",
          "\"}]}");

  private final String payload;
  private final String keyId;
  private final byte[] signature;

  private Envelope(String payload, String keyId, byte[] signature) {
    this.payload = payload;
    this.keyId = keyId;
    this.signature = signature;
  }

  /**
   * Signs a statement. Costs a millisecond of CPU, and one more to verify the signature.
   *
   * @param statement a verdict's document, as its seal has it
   * @param signer the key or key service that signs
   * @return the envelope
   * @throws IllegalStateException if the signer's own public key does not verify the signature
   */
  public static Envelope sign(String statement, Signer signer) {
    byte[] message = preAuthentication(statement);
    byte[] signature = signer.sign(message);
    if (signature == null || !SigningKey.verify(signer.publicKey(), message, signature)) {
      throw new IllegalStateException(
          "signer " + signer.id() + " gave a signature that its public key does not verify");
    }
    return new Envelope(statement, signer.id(), signature.clone());
  }

  /**
   * Reads the text that {@link #json()} wrote, character for character. It checks no signature.
   *
   * @param json the text
   * @return empty when it is no envelope
   */
  public static Optional<Envelope> read(String json) {
    List<String> values = LAYOUT.read(json);
    if (values == null) {
      return Optional.empty();
    }
    try {
      byte[] payload = Base64.getDecoder().decode(values.get(0));
      Envelope read =
          new Envelope(
              new String(payload, StandardCharsets.UTF_8),
              values.get(1),
              Base64.getDecoder().decode(values.get(2)));
      return read.json().equals(json) ? Optional.of(read) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Verifies the signature.
   *
   * @param key the key that must have signed
   * @return true if the envelope names that key, and its signature has exactly 64 bytes and is
   *     valid
   */
  public boolean verify(PublicKey key) {
    return keyId.equals(SigningKey.idOf(key))
        && SigningKey.verify(key, preAuthentication(), signature);
  }

  /**
   * The signed bytes: {@code DSSEv1 SP length SP type SP length SP payload}. Lengths are in bytes,
   * as decimal digits.
   *
   * @return new bytes
   */
  public byte[] preAuthentication() {
    return preAuthentication(payload);
  }

  private static byte[] preAuthentication(String payload) {
    byte[] body = payload.getBytes(StandardCharsets.UTF_8);
    String head = "DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + body.length + " ";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(head.length() + body.length);
    bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(body);
    return bytes.toByteArray();
  }

  /** {@return the statement; JSON} */
  public String payload() {
    return payload;
  }

  /** {@return the signature; a copy} */
  public byte[] signature() {
    return signature.clone();
  }

  /** {@return the envelope as text; one line of JSON, without a line end} */
  public String json() {
    Base64.Encoder base64 = Base64.getEncoder();
    return LAYOUT.write(
        base64.encodeToString(payload.getBytes(StandardCharsets.UTF_8)),
        keyId,
        base64.encodeToString(signature));
  }

  /**
   * The digest of {@link #json()}. It can name this envelope elsewhere, such as in a Git note.
   *
   * @return {@code sha256:} and 64 hexadecimal digits
   */
  public String digest() {
    return Digests.named(json());
  }

  /**
   * The envelope in a Sigstore bundle v0.3. The bundle's hint names the public key that verifies
   * it.
   *
   * @return one line of JSON, without a line end
   */
  public String bundle() {
    return "{\"dsseEnvelope\":"
        + json()
        + ",\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\","
        + "\"verificationMaterial\":{\"publicKey\":{\"hint\":\""
        + keyId
        + "\"},\"tlogEntries\":[]}}";
  }
}
