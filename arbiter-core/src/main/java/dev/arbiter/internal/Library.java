/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The libraries of others that a host may replace by other versions, and the least version of each
 * that works. Checked at the first use, so that a host sees one message and no {@code
 * NoClassDefFoundError}.
 */
public enum Library {
  /** The logging facade. */
  SLF4J("org.slf4j:slf4j-api", "org.slf4j.LoggerFactory", 1, 7),
  /** Reading and writing JSON as events. */
  JACKSON_CORE(
      "com.fasterxml.jackson.core:jackson-core",
      "com.fasterxml.jackson.core.json.PackageVersion",
      2,
      16),
  /** JSON to and from objects. */
  JACKSON_DATABIND(
      "com.fasterxml.jackson.core:jackson-databind",
      "com.fasterxml.jackson.databind.cfg.PackageVersion",
      2,
      16),
  /** Reading TOML. */
  JACKSON_TOML(
      "com.fasterxml.jackson.dataformat:jackson-dataformat-toml",
      "com.fasterxml.jackson.dataformat.toml.PackageVersion",
      2,
      16);

  private static final Pattern VERSION = Pattern.compile("(\\d{1,9})\\.(\\d{1,9}).*");

  private final String artifact;
  private final String witness;
  private final int major;
  private final int minor;

  /* Those that a look has found good enough. */
  private static final Set<Library> FITS = ConcurrentHashMap.newKeySet();

  Library(String artifact, String witness, int major, int minor) {
    this.artifact = artifact;
    this.witness = witness;
    this.major = major;
    this.minor = minor;
  }

  /**
   * Makes sure that the library is there and new enough. Costs one look into a set after the first
   * success.
   *
   * @param user a class that is about to use it
   * @throws IllegalStateException if it is missing or too old; the message says what to add
   */
  public void require(Class<?> user) {
    if (!FITS.contains(this)) {
      String found = found(user.getClassLoader());
      if (!isEnough(found)) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s needs %s %d.%d or later, found %s; add it or raise its version (dev.arbiter:"
                    + "arbiter-bom has a tested one)",
                user.getPackageName(),
                artifact,
                major,
                minor,
                found));
      }
      FITS.add(this);
    }
  }

  /* SLF4J says its version nowhere: what is there is taken for enough. */
  String found(ClassLoader loader) {
    try {
      Class<?> type = Class.forName(witness, this != SLF4J, loader);
      return this == SLF4J
          ? major + "." + minor
          : String.valueOf(type.getField("VERSION").get(null));
    } catch (ReflectiveOperationException | LinkageError e) {
      return "none";
    }
  }

  boolean isEnough(String version) {
    Matcher parts = VERSION.matcher(version);
    if (!parts.matches()) {
      return false;
    }
    int first = Integer.parseInt(parts.group(1));
    return first > major || (first == major && Integer.parseInt(parts.group(2)) >= minor);
  }
}
