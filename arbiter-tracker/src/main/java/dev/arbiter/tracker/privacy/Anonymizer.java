/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Require;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record safe to leave the host.
 *
 * <p>A record maps names to texts, numbers, booleans, lists and further maps. A path names an inner
 * field, such as {@code state.agent}; a list has the path of its field. At level {@link
 * Level#BASIC} only listed fields stay: unchanged, with texts scrubbed, or as a keyed hash. A field
 * added later does not leak. At level {@link Level#NONE} all fields stay; texts are scrubbed
 * ({@link Scrubber}), except for {@link Scrubber.Kind#OPAQUE}, which many ids are. Field names are
 * never scrubbed.
 *
 * <p>A hash is the first 16 bytes of HMAC-SHA-256 (RFC 2104) over tenant, field and value. The same
 * agent has the same pseudonym in all fields of that kind of one tenant. Without the key, names
 * cannot be tried out; with it they can. Destroying the key makes the pseudonyms final.
 * Pseudonymous is not anonymous: a rare combination of other fields may still identify a person.
 *
 * <p>Thread-safe. About 2 microseconds for each hash.
 */
public final class Anonymizer {
  private static final int SHORTEST_KEY = 16;
  private static final int HASH_BYTES = 16;
  private static final int MOST_DEPTH = 16;

  private final byte @Nullable [] key;
  private final Set<String> kept;
  private final Map<String, String> hashed;

  private Anonymizer(byte @Nullable [] key, Set<String> kept, Map<String, String> hashed) {
    this.key = key;
    this.kept = kept;
    this.hashed = hashed;
  }

  /** {@return level NONE: keeps all fields and scrubs texts} */
  public static Anonymizer none() {
    return new Anonymizer(null, Set.of(), Map.of());
  }

  /**
   * Keeps only fields that will be listed.
   *
   * @param key secret, at least 16 bytes from a secure source; copied
   * @return a builder of level BASIC with nothing listed
   * @throws IllegalArgumentException if the key is too short
   */
  public static Builder basic(byte[] key) {
    Require.that(
        key.length >= SHORTEST_KEY,
        "privacy.key must have at least %s bytes, got %s",
        SHORTEST_KEY,
        key.length);
    return new Builder(key.clone());
  }

  /** {@return the level: NONE or BASIC} */
  public Level level() {
    return key == null ? Level.NONE : Level.BASIC;
  }

  /** {@return a sentence for the manifest of anonymized records} */
  public String statement() {
    return key == null
        ? "level none: all fields as recorded, secrets and personal data scrubbed from texts"
        : "level basic: listed fields only, ids as keyed hashes (HMAC-SHA-256, 128 bits), secrets"
            + " and personal data scrubbed from texts";
  }

  /**
   * Anonymizes a record.
   *
   * @param tenant the tenant; pseudonyms of different tenants are unrelated
   * @param fields the record, not changed
   * @return the fields that may leave
   */
  public Map<String, Object> anonymize(String tenant, Map<String, ?> fields) {
    return object(tenant, "", fields, 0);
  }

  private Map<String, Object> object(String tenant, String prefix, Map<?, ?> fields, int depth) {
    Map<String, Object> clean = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          Object left = value == null ? null : value(tenant, prefix + name, value, depth);
          if (left != null) {
            clean.put(name.toString(), left);
          }
        });
    return clean;
  }

  /** The anonymized value; null if it is removed. */
  private @Nullable Object value(String tenant, String path, Object value, int depth) {
    if (depth >= MOST_DEPTH) {
      return null;
    }
    if (value instanceof Map<?, ?> inner) {
      Map<String, Object> left = object(tenant, path + ".", inner, depth + 1);
      return left.isEmpty() && key != null ? null : left;
    }
    if (key != null && !kept.contains(path) && !hashed.containsKey(path)) {
      return null;
    }
    if (value instanceof List<?> list) {
      List<Object> left = new ArrayList<>();
      for (Object each : list) {
        Object clean = each == null ? null : value(tenant, path, each, depth + 1);
        if (clean != null) {
          left.add(clean);
        }
      }
      return left;
    }
    String domain = hashed.get(path);
    if (domain != null) {
      return pseudonym(tenant, domain, value.toString());
    }
    boolean plain = value instanceof Number || value instanceof Boolean;
    return plain ? value : scrubbed(value.toString());
  }

  private String scrubbed(String text) {
    Scrubber scrubber = Scrubber.standard();
    return key == null ? scrubber.scrubKnown(text) : scrubber.scrub(text);
  }

  /** Each part follows its length, so that no two triples give the same bytes. */
  private String pseudonym(String tenant, String domain, String value) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Objects.requireNonNull(key), "HmacSHA256"));
      String parts = tenant.length() + ":" + tenant + domain.length() + ":" + domain + value;
      byte[] hash = mac.doFinal(parts.getBytes(StandardCharsets.UTF_8));
      return Digests.hex(Arrays.copyOf(hash, HASH_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }

  /** Lists the fields that may leave; not thread-safe. */
  public static final class Builder {
    private final byte[] key;
    private final Set<String> kept = new HashSet<>();
    private final Map<String, String> hashed = new LinkedHashMap<>();

    private Builder(byte[] key) {
      this.key = key;
    }

    /**
     * Keeps fields: numbers and booleans unchanged, texts scrubbed.
     *
     * @param paths such as {@code taskType} or {@code state.attempt}
     */
    public Builder keep(String... paths) {
      kept.addAll(List.of(paths));
      return this;
    }

    /**
     * Keeps fields as keyed hashes. Equal values get equal pseudonyms in fields of one kind,
     * different ones in fields of different kinds.
     *
     * @param kind the kind of value, such as {@code agent}
     * @param paths the fields
     */
    public Builder hash(String kind, String... paths) {
      for (String path : paths) {
        hashed.put(path, kind);
      }
      return this;
    }

    /**
     * Builds it.
     *
     * @return the anonymizer
     * @throws IllegalArgumentException if a field is both kept and hashed
     */
    public Anonymizer build() {
      for (String path : hashed.keySet()) {
        if (kept.contains(path)) {
          throw new IllegalArgumentException(
              "privacy.fields lists " + path + " as kept and as hashed; take one away");
        }
      }
      return new Anonymizer(key.clone(), Set.copyOf(kept), Map.copyOf(hashed));
    }
  }

  /** How much is done to records before they leave. */
  public enum Level {
    /** Ids stay unchanged; secrets and personal data are removed from texts. */
    NONE,
    /** Only listed fields stay, and ids become keyed hashes: pseudonyms, not anonymity. */
    BASIC,
    /** No single record leaves, only noised figures under a privacy budget. */
    DIFFERENTIAL
  }
}
