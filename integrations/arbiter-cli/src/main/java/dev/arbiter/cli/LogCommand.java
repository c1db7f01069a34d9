/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.export.EvidenceFolder;
import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.Withdrawal;
import dev.arbiter.task.Seal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks and shows the kept evidence of verdicts and events. */
@Command(
    name = "log",
    description = "Verifies, proves, shows and exports evidence.",
    mixinStandardHelpOptions = true)
final class LogCommand extends CliCommand implements Runnable {
  /** The log that a command reads. */
  static final class Source {
    @Option(
        names = "--log",
        required = true,
        paramLabel = "DIR",
        description =
            "A folder with verdicts.jsonl; to verify also an exported one, a .caws folder,"
                + " events.jsonl or chain.json.")
    private Path path = Path.of("");

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description =
            "The public key you trust; without it the folder's own public-key.pem is believed.")
    private @Nullable Path key;
  }

  @Override
  public void run() {
    throw misuse("give verify, prove, inspect or export");
  }

  @Command(
      name = "verify",
      description = "Checks that nothing was changed, removed or put in.",
      mixinStandardHelpOptions = true)
  int verify(
      @CommandLine.Mixin Source source,
      @Option(
              names = "--checkpoint",
              paramLabel = "FILE",
              description = "A checkpoint you kept: the log must still begin as it did then.")
          @Nullable Path checkpoint,
      @Option(names = "--format", description = "text or json; default text.")
          @Nullable Format format)
      throws IOException {
    List<CheckedEvidence> all = CheckedEvidence.at(source.path, source.key, checkpoint);
    int code = Exit.ALLOWED;
    for (CheckedEvidence evidence : all) {
      if (format == Format.JSON) {
        out().println(json(evidence));
      } else {
        print(evidence);
      }
      code = Math.max(code, code(evidence));
    }
    return code;
  }

  private void print(CheckedEvidence evidence) {
    String file = evidence.file().toString();
    evidence.findings().forEach(found -> print(file, found));
    String state = evidence.isWhole() ? "whole" : "damaged";
    long beyond = evidence.entries() - evidence.anchored();
    String anchored =
        evidence.anchored() < 0
            ? ""
            : ", anchored to " + evidence.anchored() + ", " + beyond + " beyond";
    String form = evidence.form() + ", " + evidence.entries() + " entries" + anchored;
    out().println(file + ": " + state + " (" + form + ")");
    evidence.notes().forEach(note -> out().println(file + ": note: " + note));
  }

  private static String json(CheckedEvidence evidence) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("verdict", evidence.isWhole() ? "whole" : "damaged");
    fields.put("form", evidence.form());
    fields.put("entries", evidence.entries());
    fields.put("anchored", evidence.anchored() < 0 ? null : evidence.anchored());
    fields.put("head", evidence.head());
    fields.put(
        "findings",
        JsonAnswer.findings(evidence.findings(), finding -> evidence.file().toString()));
    fields.put("notes", evidence.notes());
    return JsonText.of(fields);
  }

  @Command(
      name = "prove",
      description = "Prints the proof that an entry is in the log, as JSON.",
      mixinStandardHelpOptions = true)
  int prove(
      @CommandLine.Mixin Source source,
      @Option(
              names = "--index",
              required = true,
              paramLabel = "N",
              description = "The entry's place, from 0; log inspect shows it.")
          long index)
      throws IOException {
    return ifWhole(source, log -> print(log, log.checkpoint().orElseThrow(), index));
  }

  /** Work on a log. */
  @FunctionalInterface
  private interface LogWork {
    void on(LogFolder log) throws IOException;
  }

  /* Works on an undamaged log only; a log without a checkpoint is damaged. */
  private int ifWhole(Source source, LogWork work) throws IOException {
    try (LogFolder log = VerdictFolder.open(source.path, source.key)) {
      int code = check(source, log);
      if (code == Exit.ALLOWED) {
        work.on(log);
      }
      return code;
    }
  }

  private int check(Source source, LogFolder log) {
    CheckedEvidence evidence = VerdictFolder.verify(source.path, log, List.of(), source.key);
    if (!evidence.isWhole()) {
      print(evidence);
    }
    return code(evidence);
  }

  private static int code(CheckedEvidence evidence) {
    return evidence.isWhole() ? Exit.ALLOWED : Exit.DAMAGED;
  }

  private void print(LogFolder log, Checkpoint checkpoint, long index) throws IOException {
    long size = checkpoint.size();
    if (index < 0 || index >= size) {
      throw new Refusal("the checkpoint covers the entries 0 to " + (size - 1) + ", not " + index);
    }
    String document = log.document(index);
    Withdrawal gone = log.withdrawal(new Seal(document, "", "", "")).orElse(null);
    if (gone != null) {
      throw new Refusal(
          ArbiterCli.printable(
              "entry " + index + " was withdrawn at " + gone.at() + ": " + gone.reason()));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("logIndex", index);
    fields.put("treeSize", size);
    fields.put("rootHash", checkpoint.root());
    fields.put("hashes", log.proof(index, size).hashes());
    fields.put("document", document);
    fields.put("checkpoint", checkpoint.note());
    out().println(JsonText.of(fields));
  }

  @Command(
      name = "inspect",
      description =
          "Shows the verdicts, one a line: place, time, verdict, spec, task, agent, attempt,"
              + " score, budget used, clauses.",
      mixinStandardHelpOptions = true)
  int inspect(
      @CommandLine.Mixin Source source,
      @Option(
              names = {"-v", "--verbose"},
              description = "Below each verdict its figures, and the clauses it rests on.")
          boolean verbose)
      throws IOException {
    try (LogFolder log = VerdictFolder.open(source.path, source.key)) {
      for (long index = 0; index < log.size(); index++) {
        String document = log.document(index);
        out().println(index + " " + VerdictLines.of(document));
        if (verbose) {
          VerdictLines.context(document).forEach(line -> out().println("    " + line));
        }
      }
      return check(source, log);
    }
  }

  @Command(
      name = "export",
      description =
          "Writes each verdict for other tools: DSSE envelope, Sigstore bundle, inclusion proof.",
      mixinStandardHelpOptions = true)
  int export(
      @CommandLine.Mixin Source source,
      @Option(
              names = "--out",
              required = true,
              paramLabel = "DIR",
              description = "A folder that is empty or not there yet.")
          Path target,
      @Option(
              names = "--signing-key",
              paramLabel = "FILE",
              description = "The log's private key, PEM; default: private-key.pem in the log.")
          @Nullable Path signingKey)
      throws IOException {
    Path file = signingKey == null ? source.path.resolve("private-key.pem") : signingKey;
    if (!Files.isRegularFile(file)) {
      throw new Refusal(
          file + " does not exist; envelopes are signed at export, give --signing-key FILE");
    }
    try {
      return ifWhole(
          source,
          log -> {
            long entries = EvidenceFolder.write(log, KeyCommand.load(file), target);
            out().println("exported " + entries + " entries to " + target);
          });
    } catch (IllegalArgumentException e) {
      throw new Refusal(String.valueOf(e.getMessage()));
    }
  }
}
