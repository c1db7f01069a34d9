/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one log, each with the sizes it signs for: up to the entry that hands on, and from
 * there. Read from the log's own entries while they are replayed; not thread-safe.
 */
final class KeyRing {
  private final String origin;
  private final List<KeyRotation> rotations = new ArrayList<>();

  KeyRing(String origin) {
    this.origin = origin;
  }

  /** Looks whether an entry hands the log on. */
  void see(long index, byte[] entry, int length) {
    if (KeyRotation.isOne(entry, length)) {
      see(index, KeyRotation.read(new String(entry, 0, length, StandardCharsets.UTF_8)));
    }
  }

  private void see(long index, @Nullable KeyRotation rotation) {
    if (rotation != null && rotation.origin().equals(origin) && rotation.index() == index) {
      rotations.add(rotation);
    }
  }

  /** Opens a checkpoint if it was signed by the key in charge of its size; trust is in any of. */
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

  /** The keys that hand on to each other, of which the trusted one is a link; the newest first. */
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

  /** The key that signs next, reached from a trusted one. */
  PublicKey newest(PublicKey trusted) {
    return inLine(trusted).get(0);
  }

  /** Whether a key is in none of the rotations. */
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
