/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.project.EffectiveSpec;
import dev.arbiter.caws.internal.project.EffectiveSpec.CachedAdmission;
import dev.arbiter.caws.internal.project.PolicySnapshot;
import dev.arbiter.caws.internal.project.SpecReader;
import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.SpecRef;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Caches decisions about specs. Thread-safe. */
final class SpecCache {
  /*
   * Two caches. One by spec text, so that admit() decides nothing twice; an entry made under an older
   * snapshot of the policy is decided anew, from the spec as it was parsed before. One by digest, so
   * that judge() finds the effective spec of a task even when spec or policy have changed since its
   * admission. An effective spec enters the second cache when a newer one replaces it, and when its
   * text comes from a file, which may be another text next time. Both caches are bounded. An
   * effective spec that was evicted is made again from the task's spec, and used only if it has the
   * digest that was admitted.
   */
  private static final long KEPT_CHARACTERS = 32L << 20;
  private static final int OVERHEAD = 1000;

  private final ProjectFiles files;
  private final Cache<String, CachedAdmission> byText =
      Caffeine.newBuilder()
          .maximumWeight(KEPT_CHARACTERS)
          .weigher((String text, CachedAdmission cached) -> text.length() + OVERHEAD)
          .executor(Runnable::run)
          .build();
  private final Cache<String, EffectiveSpec> byDigest =
      Caffeine.newBuilder()
          .maximumWeight(KEPT_CHARACTERS)
          .weigher((String digest, EffectiveSpec spec) -> spec.specText().length() + OVERHEAD)
          .executor(Runnable::run)
          .build();

  SpecCache(ProjectFiles files) {
    this.files = files;
  }

  PolicySnapshot policy() {
    return files.policy();
  }

  /** As the files are now. */
  PolicySnapshot policyNow() {
    return files.policyNow();
  }

  /**
   * Decides about a spec as it is now, under the policy and waivers as they are now.
   *
   * @throws Unreadable if there is no such spec
   */
  CachedAdmission admission(SpecRef ref) throws Unreadable {
    if (ref instanceof SpecRef.Text text) {
      return admission(text.text(), null);
    }
    if (ref instanceof SpecRef.Id id) {
      SpecReader.Reading reading = files.spec(id.id());
      CachedAdmission cached = admission(reading.text(), reading);
      EffectiveSpec effective = cached.effective();
      if (effective != null && !effective.spec().id().equals(id.id())) {
        throw new Unreadable(
            "id_mismatch",
            String.format(
                Locale.ROOT,
                "the spec asked for as '%s' now calls itself %s",
                Sanitizer.text(id.id(), 80),
                effective.spec().id()));
      }
      return cached;
    }
    throw new Unreadable("none", "the task names no working spec; give it one");
  }

  /** A spec is parsed once: by the caller, for an earlier admission, or here. */
  private CachedAdmission admission(String text, SpecReader.@Nullable Reading parsed) {
    PolicySnapshot policy = files.policy();
    CachedAdmission known = byText.getIfPresent(text);
    if (known != null && known.policy() == policy) {
      return known;
    }
    SpecReader.Reading reading =
        known != null
            ? known.reading()
            : parsed != null ? parsed : SpecReader.read(text, Dialect.AUTO);
    CachedAdmission decided = EffectiveSpec.decide(reading, policy);
    if (text.length() <= Document.MOST_BYTES) {
      byText.asMap().compute(text, (same, replaced) -> replace(replaced, decided));
    }
    return decided;
  }

  /** Remembers the replaced spec first, so that one of the caches has it at every moment. */
  private CachedAdmission replace(@Nullable CachedAdmission old, CachedAdmission decided) {
    if (old != null && old.effective() != null) {
      remember(old.effective());
    }
    return decided;
  }

  private void remember(EffectiveSpec effective) {
    byDigest.put(effective.digest(), effective);
  }

  /** Remembers the spec of an admitted task, if the spec comes from a file. */
  void admitted(SpecRef ref, EffectiveSpec effective) {
    if (ref instanceof SpecRef.Id && byDigest.getIfPresent(effective.digest()) == null) {
      remember(effective);
    }
  }

  /** The spec a task was admitted under; null when no spec of the task has the admitted digest. */
  @Nullable EffectiveSpec admitted(Assignment assignment) {
    SpecRef ref = assignment.task().spec();
    String digest = assignment.specDigest();
    EffectiveSpec effective = byDigest.getIfPresent(digest);
    if (effective == null) {
      effective = lastKnown(ref, digest);
    }
    if (effective == null) {
      effective = madeAgain(ref, digest);
    }
    if (effective == null) {
      effective = byDigest.getIfPresent(digest); // moved here if the policy changed meanwhile
    }
    return effective != null && names(ref, effective) ? effective : null;
  }

  private @Nullable EffectiveSpec lastKnown(SpecRef ref, String digest) {
    CachedAdmission known =
        ref instanceof SpecRef.Text text ? byText.getIfPresent(text.text()) : null;
    return known == null ? null : known.withDigest(digest);
  }

  private @Nullable EffectiveSpec madeAgain(SpecRef ref, String digest) {
    try {
      return admission(ref).withDigest(digest);
    } catch (Unreadable e) {
      return null;
    }
  }

  /** Whether a task with this reference can have been admitted under the spec. */
  private static boolean names(SpecRef ref, EffectiveSpec effective) {
    if (ref instanceof SpecRef.Id id) {
      return id.id().equals(effective.spec().id());
    }
    return ref instanceof SpecRef.Text text && text.text().equals(effective.specText());
  }
}
