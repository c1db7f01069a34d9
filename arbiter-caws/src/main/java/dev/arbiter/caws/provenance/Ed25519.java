/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/** Adds to the JDK's Ed25519: keys from seeds, raw public keys, strict verification. */
final class Ed25519 {
  static final String NAME = "Ed25519";
  static final int SEED_LENGTH = 32;
  static final int SIGNATURE_LENGTH = 64;

  /* DER up to the 32 bytes of the key, RFC 8410, sections 4 and 7. */
  private static final byte[] SPKI = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };
  private static final byte[] PKCS8 = {
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20
  };

  private Ed25519() {}

  static KeyPair pair(byte[] seed) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
      generator.initialize(NamedParameterSpec.ED25519, new Seeded(seed));
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("this Java platform has no Ed25519", e);
    }
  }

  static byte[] seed(byte[] pkcs8) {
    int length = PKCS8.length + SEED_LENGTH;
    if (pkcs8.length != length || !startsWith(pkcs8, PKCS8)) {
      throw new IllegalArgumentException(
          "the private key is not Ed25519 in PKCS#8; make one with SigningKey.generate()");
    }
    return Arrays.copyOfRange(pkcs8, PKCS8.length, length);
  }

  static byte[] pkcs8(byte[] seed) {
    byte[] der = Arrays.copyOf(PKCS8, PKCS8.length + SEED_LENGTH);
    System.arraycopy(seed, 0, der, PKCS8.length, SEED_LENGTH);
    return der;
  }

  static PublicKey publicKey(byte[] spki) {
    if (spki.length != SPKI.length + SEED_LENGTH || !startsWith(spki, SPKI)) {
      throw new IllegalArgumentException("the public key is not Ed25519 in SPKI form");
    }
    try {
      return KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(spki));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the public key is not Ed25519 in SPKI form", e);
    }
  }

  static boolean isOne(PublicKey key) {
    return key instanceof EdECPublicKey && key.getEncoded().length == SPKI.length + SEED_LENGTH;
  }

  /** The 32 bytes of a public key. */
  static byte[] raw(PublicKey key) {
    byte[] spki = key.getEncoded();
    if (!isOne(key)) {
      throw new IllegalArgumentException("the public key is not Ed25519 but " + key.getAlgorithm());
    }
    return Arrays.copyOfRange(spki, SPKI.length, spki.length);
  }

  /**
   * Verifies a signature of exactly 64 bytes. Java 17 also accepts a signature with one more zero
   * byte, which would give one signature two spellings; so the length is checked here.
   */
  static boolean verify(PublicKey key, byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_LENGTH) {
      return false;
    }
    try {
      Signature check = Signature.getInstance(NAME);
      check.initVerify(key);
      check.update(message);
      return check.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      return false; // points off the curve and other malformed signatures
    }
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    return Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** A random source that returns the seed: the generator takes the secret bytes from it. */
  private static final class Seeded extends SecureRandom {
    private static final long serialVersionUID = 1;

    Seeded(byte[] seed) {
      super(new SeededSpi(seed), anyProvider());
    }

    private static Provider anyProvider() {
      return Security.getProviders()[0];
    }
  }

  private static final class SeededSpi extends SecureRandomSpi {
    private static final long serialVersionUID = 1;
    private final byte[] seed;

    SeededSpi(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    protected void engineSetSeed(byte[] more) {
      // only the constructor's seed counts
    }

    @Override
    protected void engineNextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, Math.min(seed.length, bytes.length));
    }

    @Override
    protected byte[] engineGenerateSeed(int length) {
      return Arrays.copyOf(seed, length);
    }
  }
}
