/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects changes while they are read: each path once, counts added up, up to the limit. */
final class ChangeCollector {
  private static final int LONGEST_PATH = 4096;

  private final Map<String, FileChange> changes = new LinkedHashMap<>();
  private final List<String> movedFrom = new ArrayList<>();

  void add(String path, long added, long removed) {
    checkPath(path);
    FileChange known = changes.get(path);
    long allAdded = added + (known == null ? 0 : known.added());
    long allRemoved = removed + (known == null ? 0 : known.removed());
    changes.put(path, new FileChange(path, count(path, allAdded), count(path, allRemoved)));
    checkCount(changes.size());
  }

  private static void checkPath(String path) {
    if (path.isEmpty() || path.length() > LONGEST_PATH) {
      throw new IllegalArgumentException(
          "a path has 1 to " + LONGEST_PATH + " characters, got " + path.length());
    }
  }

  private static void checkCount(int files) {
    if (files > ChangeSet.MOST_FILES) {
      throw new IllegalArgumentException("more than " + ChangeSet.MOST_FILES + " files changed");
    }
  }

  private static int count(String path, long lines) {
    if (lines < 0 || lines > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "'" + Sanitizer.text(path, 80) + "' has " + lines + " lines, which no file has");
    }
    return (int) lines;
  }

  void movedFrom(String path) {
    checkPath(path);
    movedFrom.add(path);
    checkCount(movedFrom.size());
  }

  List<FileChange> changes() {
    return List.copyOf(changes.values());
  }

  ChangeSet set() {
    return new ChangeSet(changes(), movedFrom);
  }
}
