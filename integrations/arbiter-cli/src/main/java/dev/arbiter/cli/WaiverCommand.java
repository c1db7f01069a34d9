/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverFolder;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows and checks a folder of waivers, and takes the steps of its ledger. */
@Command(
    name = "waiver",
    description = "Proposes, approves, ends, lists and checks waivers.",
    mixinStandardHelpOptions = true)
final class WaiverCommand extends WaiverSteps implements Runnable {
  WaiverCommand(InstantSource clock) {
    super(clock);
  }

  /** The folder that a command reads, and how. */
  static final class Folder {
    @Parameters(paramLabel = "DIR", description = "A folder of waivers, or one file.")
    private Path path = Path.of("");

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = "The public key of a ledger whose steps are signed.")
    private @Nullable Path key;

    @CommandLine.Mixin private Now now = new Now();

    @Option(names = "--format", description = "text or json; default text.")
    private Format format = Format.TEXT;
  }

  @Override
  public void run() {
    throw misuse("give a step: propose, approve, activate, extend, revoke, expire, list or check");
  }

  @Command(
      name = "list",
      description = "Shows every waiver, and whether it counts now.",
      mixinStandardHelpOptions = true)
  int list(@CommandLine.Mixin Folder folder) throws IOException {
    return show(folder, read -> true);
  }

  @Command(
      name = "check",
      description = "As list; ends with 1 if a waiver has an error, or is active and cannot count.",
      mixinStandardHelpOptions = true)
  int check(@CommandLine.Mixin Folder folder) throws IOException {
    return show(folder, read -> read.waivers().stream().allMatch(WaiverCommand::isSound));
  }

  private int show(Folder folder, Predicate<WaiverFolder.Contents> allowed) throws IOException {
    WaiverFolder.Contents read = read(folder);
    try {
      print(folder.format, read, entries(folder.path, folder.key));
    } catch (IllegalStateException e) {
      return damaged(e);
    }
    if (!read.unreadable().isEmpty()) {
      return Exit.UNUSABLE;
    }
    return allowed.test(read) ? Exit.ALLOWED : Exit.DENIED;
  }

  private static boolean isSound(WaiverFolder.WaiverFile waiver) {
    boolean valid = waiver.state().equals("counts") || waiver.state().equals("status_not_active");
    return valid
        && waiver.findings().stream().noneMatch(found -> found.severity() == Severity.ERROR);
  }

  private WaiverFolder.Contents read(Folder folder) {
    if (folder.format == Format.SARIF) {
      throw new Refusal("waivers are printed as text or json");
    }
    if (!Files.exists(folder.path)) {
      throw new Refusal(folder.path + " does not exist");
    }
    return WaiverFolder.contents(folder.path, folder.now.or(clock));
  }

  private void print(Format format, WaiverFolder.Contents read, List<WaiverEntry> entries) {
    PrintWriter out = out();
    if (format == Format.JSON) {
      out.println(json(read));
      return;
    }
    for (WaiverFolder.WaiverFile waiver : read.waivers()) {
      String gates = ArbiterCli.printable(String.join(",", waiver.gates()));
      String approvers = ArbiterCli.printable(String.join(",", waiver.approvers()));
      out.println(
          (ArbiterCli.printable(waiver.id()) + " " + waiver.state())
              + (" spec=" + ArbiterCli.printable(waiver.specId()) + " gates=" + gates)
              + (" expires=" + waiver.expires().map(Instant::toString).orElse("?"))
              + (" approvers=" + approvers));
      waiver.findings().forEach(found -> print("  " + waiver.file(), found));
    }
    entries.stream()
        .map(entry -> entry.proposal().id() + WaiverText.waiting(entry))
        .filter(line -> line.contains(", "))
        .forEach(line -> out.println("  " + ArbiterCli.printable(line)));
    read.unreadable().forEach(found -> print("  " + found.place(), found));
  }

  private static String json(WaiverFolder.Contents read) {
    List<Map<String, Object>> waivers = new ArrayList<>();
    for (WaiverFolder.WaiverFile waiver : read.waivers()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("file", waiver.file());
      fields.put("id", waiver.id());
      fields.put("status", waiver.status());
      fields.put("state", waiver.state());
      fields.put("spec", waiver.specId());
      fields.put("gates", waiver.gates());
      fields.put("expires", waiver.expires().map(Instant::toString).orElse(""));
      fields.put("approvers", waiver.approvers());
      fields.put("findings", JsonAnswer.findings(waiver.findings(), finding -> waiver.file()));
      waivers.add(fields);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("waivers", waivers);
    all.put("unreadable", JsonAnswer.findings(read.unreadable(), Finding::place));
    return JsonText.of(all);
  }
}
