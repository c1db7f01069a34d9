/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The reported changes, each checked once: files, lines, and paths out of scope. */
public final class ChangedPaths {
  /*
   * A report of a few files is compared pair by pair; only a long one pays for a set.
   */
  private static final int FEW = 16;
  private static final long MOST = 1L << 53;
  private static final int LONGEST = 256;

  private final String[] paths;
  private int files;
  private long lines;

  private ChangedPaths(int most) {
    this.paths = new String[most];
  }

  /**
   * Checks each change. A path out of scope goes to {@code scope}, one that no waiver lifts to
   * {@code integrity}.
   */
  public static ChangedPaths look(
      List<FileChange> changes, EffectiveSpec effective, Findings scope, Findings integrity) {
    ChangedPaths seen = new ChangedPaths(changes.size());
    Set<String> set = changes.size() > FEW ? new HashSet<>(changes.size() * 2) : null;
    for (int i = 0; i < changes.size(); i++) {
      FileChange change = changes.get(i);
      seen.lines += (long) change.added() + change.removed();
      String path = change.path();
      boolean valid = true;
      if (!Pathname.isSimple(path)) {
        Pathname name = Pathname.of(path);
        valid = name.isValid();
        path = valid ? name.path() : path;
        if (!valid) {
          String place = Sanitizer.text(path, LONGEST);
          integrity.error("scope.invalid_path", place, "the path " + name.problem());
        }
      }
      // Two spellings in Unicode are two files on disk, though a scope reads them alike.
      String file = Sanitizer.isPlain(change.path()) ? path : change.path();
      boolean again = set == null ? seen.has(file) : !set.add(file);
      if (!again) {
        seen.paths[seen.files++] = file;
        if (valid) {
          check(path, effective, scope, integrity);
        }
      }
    }
    return seen;
  }

  private boolean has(String path) {
    for (int i = 0; i < files; i++) {
      if (paths[i].equals(path)) {
        return true;
      }
    }
    return false;
  }

  private static void check(
      String path, EffectiveSpec effective, Findings scope, Findings integrity) {
    Policy policy = effective.policy();
    Scope.Placement placement =
        effective.spec().scope().decide(path, policy.zones(), policy.rootPassthrough());
    if (placement != Scope.Placement.ADMITTED) {
      String place = Sanitizer.text(path, LONGEST);
      Findings notes = placement == Scope.Placement.GOVERNED ? integrity : scope;
      notes.error(placement.rule, place, "'" + place + "' " + placement.message);
    }
  }

  /** The number of files, each path once. */
  public int files() {
    return files;
  }

  /** The lines added and removed together, at most 2^53. */
  public long lines() {
    return Math.min(lines, MOST);
  }
}
