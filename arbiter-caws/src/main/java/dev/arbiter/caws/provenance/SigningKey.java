/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.SmallFile;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.DurableFile;
import dev.arbiter.spi.Sources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;

/**
 * An Ed25519 key pair that signs verdicts and checkpoints (RFC 8032).
 *
 * <p>Thread-safe. A signature costs about a millisecond of CPU on Java 17. Keys are stored as PEM,
 * the private key as PKCS#8, the public key as SPKI: openssl reads and writes both.
 */
public final class SigningKey implements Signer {
  private static final int LONGEST_FILE = 1 << 16;

  private final KeyPair pair;
  private final byte[] seed;
  private final String id;

  private SigningKey(byte[] seed) {
    this.seed = seed.clone();
    this.pair = Ed25519.pair(seed);
    this.id = idOf(pair.getPublic());
  }

  /**
   * Creates a key from the machine's entropy.
   *
   * @return a new key
   */
  public static SigningKey generate() {
    return generate(Sources.entropy());
  }

  /**
   * Creates a key.
   *
   * @param random gives the 32 secret bytes
   * @return a new key
   */
  public static SigningKey generate(SecureRandom random) {
    byte[] seed = new byte[Ed25519.SEED_LENGTH];
    random.nextBytes(seed);
    return new SigningKey(seed);
  }

  /**
   * Creates the key of a seed: the same seed gives the same key.
   *
   * @param seed 32 secret bytes
   * @return the key
   * @throws IllegalArgumentException if the seed has another length
   */
  public static SigningKey fromSeed(byte[] seed) {
    if (seed.length != Ed25519.SEED_LENGTH) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, got " + seed.length);
    }
    return new SigningKey(seed);
  }

  /**
   * Reads a private key.
   *
   * @param pem PKCS#8 between {@code BEGIN PRIVATE KEY} lines
   * @return the key, with its public key
   * @throws IllegalArgumentException if it is no Ed25519 private key
   */
  public static SigningKey ofPem(String pem) {
    return new SigningKey(Ed25519.seed(Pem.decode("PRIVATE KEY", pem)));
  }

  /**
   * Reads a private key from a file.
   *
   * @param pem the file
   * @return the key
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it is no Ed25519 private key
   */
  public static SigningKey load(Path pem) throws IOException {
    return ofPem(SmallFile.read(pem, LONGEST_FILE));
  }

  /**
   * Reads a public key.
   *
   * @param pem SPKI between {@code BEGIN PUBLIC KEY} lines
   * @return the key
   * @throws IllegalArgumentException if it is no Ed25519 public key
   */
  public static PublicKey publicKey(String pem) {
    return Ed25519.publicKey(Pem.decode("PUBLIC KEY", pem));
  }

  /**
   * The id of a public key; seals name keys by it.
   *
   * @param key an Ed25519 key
   * @return {@code sha256:} and the hexadecimal SHA-256 of its SPKI form
   */
  public static String idOf(PublicKey key) {
    return Digests.named(Digests.sha256().digest(key.getEncoded()));
  }

  /**
   * Tells whether a public key is an Ed25519 key.
   *
   * @param key any public key
   * @return true if this class can use it
   */
  public static boolean isEd25519(PublicKey key) {
    return Ed25519.isOne(key);
  }

  /**
   * A public key as text.
   *
   * @param key an Ed25519 key
   * @return SPKI in PEM
   */
  public static String publicPem(PublicKey key) {
    return Pem.encode("PUBLIC KEY", key.getEncoded());
  }

  /**
   * Verifies a signature.
   *
   * @param key an Ed25519 public key
   * @param message the signed bytes
   * @param signature any bytes
   * @return true if the signature has exactly 64 bytes and is valid; Java 17 alone accepts longer
   *     ones
   */
  public static boolean verify(PublicKey key, byte[] message, byte[] signature) {
    return Ed25519.verify(key, message, signature);
  }

  /**
   * Stores the private key in a file that only its owner may read. When it returns, a power failure
   * does not lose the file.
   *
   * @param file must not exist
   * @throws IOException if it exists, or cannot be written; then there is no new file
   */
  public void store(Path file) throws IOException {
    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      var ownerOnly = PosixFilePermissions.fromString("rw-------");
      Files.createFile(file, PosixFilePermissions.asFileAttribute(ownerOnly));
    } else {
      Files.createFile(file);
    }
    try {
      byte[] pem = privatePem().getBytes(StandardCharsets.US_ASCII);
      try (DurableFile out = DurableFile.open(file)) {
        out.append(pem, 0, pem.length);
        out.force();
      }
      DurableFile.forceFolder(file);
    } catch (IOException e) {
      Files.delete(file);
      throw e;
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public PublicKey publicKey() {
    return pair.getPublic();
  }

  /** {@return the private key as text; a secret; PKCS#8 in PEM} */
  public String privatePem() {
    return Pem.encode("PRIVATE KEY", Ed25519.pkcs8(seed));
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(Ed25519.NAME);
      PrivateKey secret = pair.getPrivate();
      signature.initSign(secret);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("key " + id + " cannot sign on this Java platform", e);
    }
  }

  /** Names the key by its id; never shows the secret. */
  @Override
  public String toString() {
    return "SigningKey[" + id + "]";
  }
}
