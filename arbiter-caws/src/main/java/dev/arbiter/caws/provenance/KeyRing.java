/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one log, and the range of sizes that each key signs: a rotation entry ends one range
 * and begins the next. The rotations are read from the log's own entries. Not thread-safe.
 */
final class KeyRing {
  private final String origin;
  private final List<KeyRotation> rotations = new ArrayList<>();

  KeyRing(String origin) {
    this.origin = origin;
  }

  /** Records an entry if it is a rotation; returns the key that it hands the log to, or null. */
  @Nullable PublicKey see(long index, byte[] entry, int length) {
    if (!KeyRotation.isOne(entry, length)) {
      return null;
    }
    KeyRotation read = KeyRotation.read(new String(entry, 0, length, StandardCharsets.UTF_8));
    if (read == null || !read.origin().equals(origin) || read.index() != index) {
      return null;
    }
    rotations.add(read);
    return read.to();
  }

  /** Opens a checkpoint if the key of its size signed it; the trusted key is any of the log's. */
  Optional<Checkpoint> open(String note, PublicKey trusted) {
    for (PublicKey key : inLine(trusted)) {
      Optional<Checkpoint> opened =
          Checkpoint.open(note, key).filter(c -> c.origin().equals(origin));
      if (opened.isPresent() && isInCharge(key, opened.get().size())) {
        return opened;
      }
    }
    return Optional.empty();
  }

  /** The chain of rotated keys that the trusted key belongs to, newest first. */
  private List<PublicKey> inLine(PublicKey trusted) {
    List<PublicKey> line = new ArrayList<>(List.of(trusted));
    for (KeyRotation rotation : rotations) {
      if (rotation.from().equals(line.get(0))) {
        line.add(0, rotation.to());
      }
    }
    for (int i = rotations.size() - 1; i >= 0; i--) {
      if (rotations.get(i).to().equals(line.get(line.size() - 1))) {
        line.add(rotations.get(i).from());
      }
    }
    return line;
  }

  /** The key that signs now, found from any trusted key of the chain. */
  PublicKey newest(PublicKey trusted) {
    return inLine(trusted).get(0);
  }

  /** Whether no rotation names this key. */
  boolean isNew(PublicKey key) {
    return rotations.stream().noneMatch(r -> r.from().equals(key) || r.to().equals(key));
  }

  private boolean isInCharge(PublicKey key, long size) {
    for (KeyRotation rotation : rotations) {
      boolean before = size <= rotation.index();
      if (before ? rotation.to().equals(key) : rotation.from().equals(key)) {
        return false;
      }
    }
    return true;
  }
}
