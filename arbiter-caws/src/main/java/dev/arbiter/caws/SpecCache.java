/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.EffectiveSpec.CachedAdmission;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.SpecRef;
import org.jspecify.annotations.Nullable;

/** Remembers what was decided about specs. Thread-safe. */
final class SpecCache {
  /*
   * Two caches. One by spec text, so that admit() parses nothing twice; an entry made under other
   * rules than today's is made anew. One by digest, so that judge() finds the charter a task was
   * admitted under even when spec or rules have changed since: a charter goes there when newer rules
   * take its place, and when its text comes from elsewhere and so may be another next time. Both are
   * bounded; a charter that fell out is made again from the task's spec, and used only if it has the
   * very digest that was admitted.
   */
  private static final long KEPT_CHARACTERS = 32L << 20;
  private static final int OVERHEAD = 1000;

  private final ProjectFiles library;
  private final Cache<String, CachedAdmission> standings =
      Caffeine.newBuilder()
          .maximumWeight(KEPT_CHARACTERS)
          .weigher((String text, CachedAdmission standing) -> text.length() + OVERHEAD)
          .executor(Runnable::run)
          .build();
  private final Cache<String, EffectiveSpec> charters =
      Caffeine.newBuilder()
          .maximumWeight(KEPT_CHARACTERS)
          .weigher((String digest, EffectiveSpec charter) -> charter.specText().length() + OVERHEAD)
          .executor(Runnable::run)
          .build();

  SpecCache(ProjectFiles library) {
    this.library = library;
  }

  PolicySnapshot rules() {
    return library.rules();
  }

  /**
   * What is decided about a spec as it is now, under the rules as they are now.
   *
   * @throws Unreadable if there is no such spec
   */
  CachedAdmission standing(SpecRef ref) throws Unreadable {
    if (ref instanceof SpecRef.Text text) {
      return standing(text.text());
    }
    if (ref instanceof SpecRef.Id id) {
      CachedAdmission standing = standing(library.spec(id.id()));
      EffectiveSpec charter = standing.charter();
      if (charter != null && !charter.spec().id().equals(id.id())) {
        throw new Unreadable(
            "id_mismatch",
            "the spec asked for as '"
                + Sanitizer.text(id.id(), 80)
                + "' now calls itself "
                + charter.spec().id());
      }
      return standing;
    }
    throw new Unreadable("none", "the task names no working spec; give it one");
  }

  private CachedAdmission standing(String text) {
    PolicySnapshot rules = library.rules();
    CachedAdmission known = standings.getIfPresent(text);
    if (known != null && known.rules() == rules) {
      return known;
    }
    CachedAdmission decided = EffectiveSpec.decide(text, rules);
    if (text.length() <= Document.MOST_BYTES) {
      standings.asMap().compute(text, (same, replaced) -> replace(replaced, decided));
    }
    return decided;
  }

  /** What is replaced is remembered first, so that there is no moment in which nobody has it. */
  private CachedAdmission replace(@Nullable CachedAdmission old, CachedAdmission decided) {
    if (old != null && old.charter() != null) {
      remember(old.charter());
    }
    return decided;
  }

  private void remember(EffectiveSpec charter) {
    charters.put(charter.digest(), charter);
  }

  /** Notes that a task was admitted. */
  void admitted(SpecRef ref, EffectiveSpec charter) {
    if (ref instanceof SpecRef.Id && charters.getIfPresent(charter.digest()) == null) {
      remember(charter);
    }
  }

  /** What a task was admitted under, or null when its digest belongs to nothing it can be. */
  @Nullable EffectiveSpec charter(Assignment assignment) {
    SpecRef ref = assignment.task().spec();
    String digest = assignment.specDigest();
    EffectiveSpec charter = charters.getIfPresent(digest);
    if (charter == null) {
      charter = lastKnown(ref, digest);
    }
    if (charter == null) {
      charter = madeAgain(ref, digest);
    }
    if (charter == null) {
      charter = charters.getIfPresent(digest); // where it went if newer rules came meanwhile
    }
    return charter != null && names(ref, charter) ? charter : null;
  }

  private @Nullable EffectiveSpec lastKnown(SpecRef ref, String digest) {
    CachedAdmission known =
        ref instanceof SpecRef.Text text ? standings.getIfPresent(text.text()) : null;
    return known == null ? null : known.charterOf(digest);
  }

  private @Nullable EffectiveSpec madeAgain(SpecRef ref, String digest) {
    try {
      return standing(ref).charterOf(digest);
    } catch (Unreadable e) {
      return null;
    }
  }

  /** Whether a task that refers to its spec like this can have been admitted under the charter. */
  private static boolean names(SpecRef ref, EffectiveSpec charter) {
    if (ref instanceof SpecRef.Id id) {
      return id.id().equals(charter.spec().id());
    }
    return ref instanceof SpecRef.Text text && text.text().equals(charter.specText());
  }
}
