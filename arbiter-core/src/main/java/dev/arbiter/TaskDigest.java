/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Spares;
import dev.arbiter.task.Task;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** SHA-256 over every part of a task and the digest of its spec. Thread-safe. */
final class TaskDigest {
  private final Spares<Scratch> spares = new Spares<>(Scratch::new);

  byte[] of(Task task, String specDigest) {
    Scratch to = spares.take();
    to.add(task.id());
    to.add(task.type());
    to.add(task.tenant());
    to.add(task.priority());
    to.add(task.capabilities());
    to.add(task.payload());
    to.add(task.deadline().map(Duration::getSeconds).orElse(-1L));
    to.add(task.deadline().map(Duration::getNano).orElse(0));
    to.add(task.idempotencyKey());
    to.add(specDigest);
    byte[] digest = to.end();
    spares.give(to);
    return digest;
  }

  /**
   * Collects the parts. The length of each text and set comes before it, so that no two different
   * tasks give the same bytes. A character takes one byte, or three if it is not ASCII.
   */
  private static final class Scratch {
    private static final int LONGEST_CHARACTER = 3;
    private static final byte NOT_ASCII = (byte) 0xff;

    private final MessageDigest sha256 = Digests.sha256();
    private final byte[] bytes = new byte[1024];
    private int used;

    void add(Set<String> names) {
      add(names.size());
      if (names.size() == 1) {
        add(names.iterator().next());
      } else {
        List<String> sorted = new ArrayList<>(names);
        Collections.sort(sorted);
        sorted.forEach(this::add);
      }
    }

    void add(String text) {
      int length = text.length();
      add(length);
      for (int i = 0; i < length; i++) {
        char c = text.charAt(i);
        reserve(LONGEST_CHARACTER);
        if (c < 0x80) {
          bytes[used++] = (byte) c;
        } else {
          bytes[used++] = NOT_ASCII;
          bytes[used++] = (byte) (c >> 8);
          bytes[used++] = (byte) c;
        }
      }
    }

    void add(long number) {
      reserve(Long.BYTES);
      for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        bytes[used++] = (byte) (number >> shift);
      }
    }

    private void reserve(int more) {
      if (used + more > bytes.length) {
        sha256.update(bytes, 0, used);
        used = 0;
      }
    }

    byte[] end() {
      sha256.update(bytes, 0, used);
      used = 0;
      return sha256.digest();
    }
  }
}
