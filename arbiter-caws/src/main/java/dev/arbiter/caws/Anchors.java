/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The anchors of one log; what they throw is counted and goes no further. */
final class Anchors {
  private final List<Anchor> anchors = new CopyOnWriteArrayList<>();
  private final AtomicLong failures = new AtomicLong();

  void add(Anchor anchor) {
    anchors.add(anchor);
  }

  long failures() {
    return failures.get();
  }

  void hold(Checkpoint checkpoint) {
    for (Anchor anchor : anchors) {
      try {
        anchor.hold(checkpoint);
      } catch (IOException | RuntimeException e) {
        failures.incrementAndGet();
      }
    }
  }

  /** What they hold; null without anchors, so that nothing held is not taken for nobody asked. */
  @Nullable List<String> held() {
    if (anchors.isEmpty()) {
      return null;
    }
    List<String> notes = new ArrayList<>();
    for (Anchor anchor : anchors) {
      try {
        anchor.held().ifPresent(notes::add);
      } catch (IOException | RuntimeException e) {
        failures.incrementAndGet();
      }
    }
    return notes;
  }
}
