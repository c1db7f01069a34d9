/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.PolicySnapshot.Named;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Finding;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where specs, policy and waivers come from: texts, files, folders. Thread-safe.
 *
 * <p>A spec file is looked at each time it is asked for. Policy and waivers are looked at again at
 * most ten times a second, so a revoked waiver stops counting within 100 ms.
 */
final class ProjectFiles {
  private static final long RECHECK_NANOS = 100_000_000;

  private final Sources sources;
  private final List<Named> specTexts;
  private final List<Path> specPaths;
  private final @Nullable String policyText;
  private final List<Path> policyPaths;
  private final List<Named> waiverTexts;
  private final List<Path> waiverPaths;
  private final @Nullable WaiverLedger ledger;
  private final boolean hasRuleFiles;
  private final Map<Path, FileText> files = new ConcurrentHashMap<>();
  private volatile RuleBook rules;
  private volatile SpecIndex specs;

  /** Policy and waivers, and what they were read from. */
  private record RuleBook(
      PolicySnapshot rules, List<Named> texts, List<Finding> unread, long ledgerAt, long readAt) {}

  /** Which texts or files hold the spec of an id. */
  private record SpecIndex(Map<String, List<SpecSource>> byId, long readAt) {}

  /** Where one spec comes from. */
  private record SpecSource(@Nullable FileText file, String text) {
    String current() throws Unreadable {
      return file == null ? text : file.current();
    }
  }

  ProjectFiles(CawsTexts<?> from, Sources sources) {
    this.sources = sources;
    this.specTexts = List.copyOf(from.specTexts);
    this.specPaths = List.copyOf(from.specPaths);
    this.policyText = from.policyText;
    this.policyPaths = List.copyOf(from.policyPaths);
    this.waiverTexts = List.copyOf(from.waiverTexts);
    this.waiverPaths = List.copyOf(from.waiverPaths);
    this.ledger = from.ledger;
    this.hasRuleFiles = !policyPaths.isEmpty() || !waiverPaths.isEmpty();
    this.rules = readRules(null);
    this.specs = readSpecs();
  }

  PolicySnapshot rules() {
    RuleBook book = rules;
    return isOld(book) ? look() : book.rules;
  }

  private boolean isOld(RuleBook book) {
    return (hasRuleFiles && isOld(book.readAt)) || ledgerAt() != book.ledgerAt;
  }

  private long ledgerAt() {
    return ledger == null ? 0 : ledger.changes();
  }

  private boolean isOld(long readAt) {
    return sources.nanoTime().getAsLong() - readAt > RECHECK_NANOS;
  }

  /** One thread at a time, so that none puts back what another saw before it changed. */
  private synchronized PolicySnapshot look() {
    if (isOld(rules)) {
      rules = readRules(rules);
    }
    return rules.rules;
  }

  private synchronized SpecIndex lookForSpecs() {
    if (isOld(specs.readAt)) {
      specs = readSpecs();
    }
    return specs;
  }

  private RuleBook readRules(@Nullable RuleBook before) {
    long now = sources.nanoTime().getAsLong();
    long ledgerAt = ledgerAt();
    List<Named> texts = new ArrayList<>();
    List<Finding> unread = new ArrayList<>();
    String policy = policyText;
    for (Path path : policyPaths) {
      if (policy == null && Files.exists(path)) {
        policy = textOf(path, "policy.yaml.", unread);
        if (policy == null) {
          break;
        }
      }
    }
    texts.add(new Named("policy", policy == null ? "" : policy));
    List<Named> waivers = new ArrayList<>(waiverTexts);
    for (Path path : waiverPaths) {
      for (Path file : list(path, unread)) {
        String text = textOf(file, "waiver.schema.", unread);
        if (text != null) {
          waivers.add(new Named(String.valueOf(file.getFileName()), text));
        }
      }
    }
    if (ledger != null) {
      ledger.entries().stream()
          .filter(WaiverEntry::isDecided)
          .forEach(entry -> waivers.add(new Named(entry.proposal().id(), entry.document())));
    }
    texts.addAll(waivers);
    if (before != null && before.texts.equals(texts) && before.unread.equals(unread)) {
      return new RuleBook(before.rules, before.texts, before.unread, ledgerAt, now);
    }
    return new RuleBook(PolicySnapshot.read(policy, waivers, unread), texts, unread, ledgerAt, now);
  }

  private @Nullable String textOf(Path file, String rule, List<Finding> unread) {
    try {
      return file(file).current();
    } catch (Unreadable e) {
      String name = String.valueOf(file.getFileName());
      unread.add(Finding.error(rule + e.rule(), name, name + " " + e.reason()).onLine(e.line()));
      return null;
    }
  }

  private FileText file(Path file) {
    return files.computeIfAbsent(file, path -> new FileText(path, sources.clock()));
  }

  /** The file itself, or the YAML and JSON files of a folder by name; a missing path has none. */
  static List<Path> list(Path path, List<Finding> unread) {
    if (!Files.isDirectory(path)) {
      return Files.exists(path) ? List.of(path) : List.of();
    }
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
      for (Path file : stream) {
        String name = String.valueOf(file.getFileName());
        boolean readable =
            name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
        if (readable && Files.isRegularFile(file)) {
          found.add(file);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      String name = String.valueOf(path.getFileName());
      unread.add(
          Finding.error("caws.folder_unreadable", name, "folder " + name + " cannot be listed"));
    }
    found.sort(null);
    return found;
  }

  /**
   * The text of a spec as it is now.
   *
   * @throws Unreadable if no spec, or more than one, has that id, or its file cannot be read
   */
  String spec(String id) throws Unreadable {
    List<SpecSource> found = specs.byId.get(id);
    if (found == null && !specPaths.isEmpty()) {
      found = lookForSpecs().byId.get(id);
    }
    if (found == null) {
      throw new Unreadable(
          "unknown", "there is no spec '" + Sanitizer.text(id, 80) + "'; add it to .caws/specs");
    }
    String text = found.get(0).current();
    for (SpecSource other : found.subList(1, found.size())) {
      if (!other.current().equals(text)) {
        throw new Unreadable(
            "ambiguous", "two specs have the id '" + Sanitizer.text(id, 80) + "'; keep one");
      }
    }
    return text;
  }

  private SpecIndex readSpecs() {
    long now = sources.nanoTime().getAsLong();
    Map<String, List<SpecSource>> byId = new HashMap<>();
    for (Named spec : specTexts) {
      index(byId, idOf(spec.text(), spec.place()), new SpecSource(null, spec.text()));
    }
    for (Path path : specPaths) {
      for (Path file : list(path, new ArrayList<>())) {
        FileText text = file(file);
        index(byId, idOf(text), new SpecSource(text, ""));
      }
    }
    return new SpecIndex(byId, now);
  }

  private static void index(Map<String, List<SpecSource>> byId, String id, SpecSource source) {
    byId.computeIfAbsent(id, key -> new ArrayList<>()).add(source);
  }

  private static String idOf(FileText file) {
    String name = String.valueOf(file.file().getFileName());
    String stem = name.substring(0, name.lastIndexOf('.'));
    try {
      return idOf(file.current(), stem);
    } catch (Unreadable e) {
      return stem;
    }
  }

  /** The id a spec gives itself, or the other name when it has none that can be read. */
  private static String idOf(String text, String otherwise) {
    try {
      Node id = Document.object(text).values().get("id");
      return id instanceof Node.Text given ? given.value() : otherwise;
    } catch (Unreadable e) {
      return otherwise;
    }
  }
}
