/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.internal.project.PolicyReader;
import dev.arbiter.caws.internal.project.PolicySnapshot;
import dev.arbiter.caws.internal.project.PolicySnapshot.Ledger;
import dev.arbiter.caws.internal.project.PolicySnapshot.Named;
import dev.arbiter.caws.internal.project.SpecReader;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.project.Waiver.Approver;
import dev.arbiter.caws.internal.project.WaiverReader;
import dev.arbiter.caws.internal.text.FileText;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverEntry.Status;
import dev.arbiter.caws.waiver.WaiverLedger;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads specs, policy and waivers from texts, files, folders and a ledger. Thread-safe.
 *
 * <p>A spec's file is checked each time the spec is asked for. Policy and waivers are checked at
 * most ten times a second, and whenever a waiver is about to lift a gate.
 */
final class ProjectFiles {
  private static final long RECHECK_NANOS = 100_000_000;
  private static final int MOST_NAMELESS = 3;

  private final Sources sources;
  private final List<SpecSource> specTexts;
  private final List<Path> specPaths;
  private final @Nullable String policyText;
  private final List<Path> policyPaths;
  private final List<Named> waiverTexts;
  private final List<Path> waiverPaths;
  private final @Nullable WaiverLedger ledger;
  private final boolean hasPolicyFiles;
  private final Map<Path, FileText> files = new ConcurrentHashMap<>();
  private final Map<Path, SpecSource> specFiles = new ConcurrentHashMap<>();
  private volatile PolicyFiles policy;
  private volatile SpecIndex specs;

  /** A snapshot, and the texts and waivers it was read from. */
  private record PolicyFiles(
      PolicySnapshot snapshot,
      List<Named> texts,
      Ledger kept,
      List<Finding> unread,
      long ledgerAt,
      long readAt) {}

  /** The texts or files that hold the spec of an id, and some that have none that can be read. */
  private record SpecIndex(
      Map<String, List<SpecSource>> byId, List<SpecSource> nameless, long readAt) {}

  /** One spec's file, or its text, and the last reading of it. */
  private static final class SpecSource {
    private final String name;
    private final @Nullable FileText file;
    private volatile SpecReader.@Nullable Reading last;

    SpecSource(String name, @Nullable FileText file, SpecReader.@Nullable Reading last) {
      this.name = name;
      this.file = file;
      this.last = last;
    }

    static SpecSource of(Named spec) {
      return new SpecSource(spec.place(), null, read(spec.text()));
    }

    static SpecSource of(FileText file) {
      String name = String.valueOf(file.file().getFileName());
      return new SpecSource(name.substring(0, name.lastIndexOf('.')), file, null);
    }

    private static SpecReader.Reading read(String text) {
      return SpecReader.read(text, Dialect.AUTO).withoutTree();
    }

    /** The id the spec gives itself, empty when it has none that can be read. */
    String id() {
      try {
        return current().id();
      } catch (Unreadable e) {
        return "";
      }
    }

    /** Why it has no id, as the end of a sentence. */
    String problem() {
      String why;
      try {
        List<Finding> findings = current().findings();
        Finding first =
            findings.isEmpty() ? Finding.error("", "", "it has no id") : findings.get(0);
        why = (first.line() > 0 ? "line " + first.line() + ": " : "") + first.message();
      } catch (Unreadable e) {
        why = e.reason();
      }
      return "; '" + Sanitizer.text(name, 80) + "' has no id that can be read: " + why;
    }

    SpecReader.Reading current() throws Unreadable {
      SpecReader.Reading known = last;
      String text = file != null ? file.current() : known != null ? known.text() : "";
      if (known == null || !known.text().equals(text)) {
        known = read(text);
        last = known;
      }
      return known;
    }
  }

  ProjectFiles(CawsTexts<?> from, Sources sources) {
    this.sources = sources;
    this.specTexts = from.specTexts.stream().map(SpecSource::of).toList();
    this.specPaths = List.copyOf(from.specPaths);
    this.policyText = from.policyText;
    this.policyPaths = List.copyOf(from.policyPaths);
    this.waiverTexts = List.copyOf(from.waiverTexts);
    this.waiverPaths = List.copyOf(from.waiverPaths);
    this.ledger = from.ledger;
    this.hasPolicyFiles = !policyPaths.isEmpty() || !waiverPaths.isEmpty();
    this.policy = readPolicy(null);
    this.specs = readSpecs();
  }

  /** As {@link #policy()}, but the files are looked at now, however short the last look is ago. */
  PolicySnapshot policyNow() {
    return hasPolicyFiles ? readNow() : policy();
  }

  private synchronized PolicySnapshot readNow() {
    policy = readPolicy(policy);
    return policy.snapshot;
  }

  PolicySnapshot policy() {
    PolicyFiles known = policy;
    return isOld(known) ? check() : known.snapshot;
  }

  private boolean isOld(PolicyFiles known) {
    return (hasPolicyFiles && isOld(known.readAt)) || ledgerAt() != known.ledgerAt;
  }

  private long ledgerAt() {
    return ledger == null ? 0 : ledger.changes();
  }

  private boolean isOld(long readAt) {
    return sources.nanoTime().getAsLong() - readAt > RECHECK_NANOS;
  }

  /** One thread at a time, so that no thread restores what another saw before a change. */
  private synchronized PolicySnapshot check() {
    if (isOld(policy)) {
      policy = readPolicy(policy);
    }
    return policy.snapshot;
  }

  private synchronized SpecIndex lookForSpecs() {
    if (isOld(specs.readAt)) {
      specs = readSpecs();
    }
    return specs;
  }

  private PolicyFiles readPolicy(@Nullable PolicyFiles before) {
    long now = sources.nanoTime().getAsLong();
    long ledgerAt = ledgerAt();
    List<Named> texts = new ArrayList<>();
    List<Finding> unread = new ArrayList<>();
    String policyNow = policyText;
    for (Path path : policyPaths) {
      if (policyNow == null && Files.exists(path)) {
        policyNow = textOf(path, "policy.yaml.", unread);
        if (policyNow == null) {
          break;
        }
      }
    }
    texts.add(new Named("policy", policyNow == null ? "" : policyNow));
    List<Named> waivers = new ArrayList<>(waiverTexts);
    for (Path path : waiverPaths) {
      for (Path file : FileText.list(path, unread)) {
        String text = textOf(file, "waiver.schema.", unread);
        if (text != null) {
          waivers.add(new Named(String.valueOf(file.getFileName()), text, home(file)));
        }
      }
    }
    texts.addAll(waivers);
    Ledger kept = before != null && before.ledgerAt == ledgerAt ? before.kept : kept();
    if (before != null
        && before.texts.equals(texts)
        && before.kept.decided().equals(kept.decided())
        && before.kept.documents().keySet().equals(kept.documents().keySet())
        && before.unread.equals(unread)) {
      return new PolicyFiles(before.snapshot, texts, kept, unread, ledgerAt, now);
    }
    PolicyReader.Reading reading = policyNow == null ? null : PolicyReader.read(policyNow);
    PolicySnapshot snapshot = PolicySnapshot.read(reading, waivers, kept, unread);
    return new PolicyFiles(snapshot, texts, kept, unread, ledgerAt, now);
  }

  /** The folder of a file by its only name, so that all ways to it count the same uses. */
  private static String home(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    try {
      return folder == null ? "" : folder.toRealPath().toString();
    } catch (IOException e) {
      return String.valueOf(folder);
    }
  }

  private Ledger kept() {
    if (ledger == null) {
      return Ledger.NONE;
    }
    List<Waiver> decided = new ArrayList<>();
    Map<String, Supplier<String>> documents = new HashMap<>();
    for (WaiverEntry entry : ledger.entries()) {
      documents.put(entry.proposal().id(), entry::document);
      if (entry.status() == Status.ACTIVE || entry.status() == Status.REVOKED) {
        decided.add(waiver(entry));
      }
    }
    return new Ledger(decided, documents);
  }

  /** The same waiver that {@link WaiverReader} reads from the entry's document. */
  static Waiver waiver(WaiverEntry entry) {
    WaiverEntry.Proposal proposal = entry.proposal();
    List<Approver> approvers = new ArrayList<>();
    for (WaiverEntry.Approval approval : entry.granted()) {
      approvers.add(new Approver(approval.by(), approval.at()));
    }
    return new Waiver(
        proposal.id(),
        entry.status().name().toLowerCase(Locale.ROOT),
        proposal.gates(),
        proposal.specId(),
        "",
        proposal.files(),
        proposal.lines(),
        entry.created(),
        entry.expires(),
        List.copyOf(approvers),
        Math.max(-1, proposal.maxUses()),
        Waiver.problem(proposal.gates(), entry.created(), entry.expires()),
        Digests.named("\n" + entry.document()),
        "");
  }

  private @Nullable String textOf(Path file, String rule, List<Finding> unread) {
    try {
      return file(file).current();
    } catch (Unreadable e) {
      unread.add(e.finding(rule, file));
      return null;
    }
  }

  private FileText file(Path file) {
    return files.computeIfAbsent(file, path -> new FileText(path, sources.clock()));
  }

  /**
   * The spec of an id, as its text or file is now.
   *
   * @throws Unreadable if no spec, or more than one, has that id, or its file cannot be read
   */
  SpecReader.Reading spec(String id) throws Unreadable {
    List<SpecSource> found = specs.byId.get(id);
    SpecIndex index = specs;
    if (found == null && !specPaths.isEmpty()) {
      index = lookForSpecs();
      found = index.byId.get(id);
    }
    if (found == null) {
      throw new Unreadable(
          "unknown",
          "there is no spec '"
              + Sanitizer.text(id, 80)
              + "'; add it to .caws/specs"
              + index.nameless.stream().map(SpecSource::problem).collect(Collectors.joining()));
    }
    SpecReader.Reading reading = found.get(0).current();
    for (SpecSource other : found.subList(1, found.size())) {
      if (!other.current().text().equals(reading.text())) {
        throw new Unreadable(
            "ambiguous", "two specs have the id '" + Sanitizer.text(id, 80) + "'; keep one");
      }
    }
    return reading;
  }

  private SpecIndex readSpecs() {
    long now = sources.nanoTime().getAsLong();
    Map<String, List<SpecSource>> byId = new HashMap<>();
    List<SpecSource> nameless = new ArrayList<>();
    specTexts.forEach(source -> index(byId, nameless, source));
    for (Path path : specPaths) {
      for (Path file : FileText.list(path, new ArrayList<>())) {
        index(byId, nameless, specFiles.computeIfAbsent(file, same -> SpecSource.of(file(same))));
      }
    }
    return new SpecIndex(byId, nameless, now);
  }

  private static void index(
      Map<String, List<SpecSource>> byId, List<SpecSource> nameless, SpecSource source) {
    String id = source.id();
    if (id.isEmpty() && nameless.size() < MOST_NAMELESS) {
      nameless.add(source);
    }
    byId.computeIfAbsent(id.isEmpty() ? source.name : id, key -> new ArrayList<>()).add(source);
  }
}
