/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reported changes, each path checked once: files, lines, and paths out of scope. */
public final class ChangedPaths {
  /*
   * A report of a few files is compared pair by pair; only a long one pays for a set.
   */
  private static final int FEW = 16;
  private static final long MOST = 1L << 53;
  private static final int LONGEST = 256;

  private final EffectiveSpec effective;
  private final Findings scope;
  private final Findings integrity;
  private final String[] paths;
  private final @Nullable Set<String> set;
  private int known;
  private int files;
  private long lines;

  private ChangedPaths(int most, EffectiveSpec effective, Findings scope, Findings integrity) {
    this.effective = effective;
    this.scope = scope;
    this.integrity = integrity;
    this.paths = new String[most];
    this.set = most > FEW ? new HashSet<>(most * 2) : null;
  }

  /**
   * Checks each change. A path out of scope goes to {@code scope}, one that no waiver lifts to
   * {@code integrity}.
   *
   * @param movedFrom old paths of renamed files, which must be in scope and are no files
   */
  public static ChangedPaths look(
      List<FileChange> changes,
      List<String> movedFrom,
      EffectiveSpec effective,
      Findings scope,
      Findings integrity) {
    int most = changes.size() + movedFrom.size();
    ChangedPaths seen = new ChangedPaths(most, effective, scope, integrity);
    for (int i = 0; i < changes.size(); i++) {
      FileChange change = changes.get(i);
      seen.lines += (long) change.added() + change.removed();
      seen.check(change.path());
    }
    seen.files = seen.known;
    for (int i = 0; i < movedFrom.size(); i++) {
      seen.check(movedFrom.get(i));
    }
    return seen;
  }

  /** Checks a path unless it is known. */
  private void check(String given) {
    String path = given;
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
    String file = Sanitizer.isPlain(given) ? path : given;
    boolean again = set == null ? has(file) : !set.add(file);
    if (!again) {
      paths[known++] = file;
      if (valid) {
        place(path);
      }
    }
  }

  private boolean has(String path) {
    for (int i = 0; i < known; i++) {
      if (paths[i].equals(path)) {
        return true;
      }
    }
    return false;
  }

  private void place(String path) {
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
