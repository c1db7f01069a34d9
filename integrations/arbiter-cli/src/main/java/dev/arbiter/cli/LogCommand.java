/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.InclusionProof;
import dev.arbiter.task.Finding;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks and shows what was kept of verdicts and events. */
@Command(
    name = "log",
    description = "Verifies, proves and shows evidence.",
    mixinStandardHelpOptions = true)
final class LogCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  /** Which log. */
  static final class Source {
    @Option(
        names = "--log",
        required = true,
        paramLabel = "DIR",
        description =
            "A folder with verdicts.jsonl; to verify also a .caws folder, events.jsonl or"
                + " chain.json.")
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
    throw new CommandLine.ParameterException(here().commandLine(), "give verify, prove or inspect");
  }

  private CommandSpec here() {
    return java.util.Objects.requireNonNull(spec);
  }

  private PrintWriter out() {
    return here().commandLine().getOut();
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
    List<Evidence> all = EvidenceFinder.verify(source.path, source.key, checkpoint);
    int code = Exit.ALLOWED;
    for (Evidence evidence : all) {
      if (format == Format.JSON) {
        out().println(json(evidence));
      } else {
        print(evidence);
      }
      code = Math.max(code, evidence.isWhole() ? Exit.ALLOWED : Exit.DAMAGED);
    }
    return code;
  }

  private void print(Evidence evidence) {
    for (Finding found : evidence.findings()) {
      String line = found.line() > 0 ? ":" + found.line() : "";
      out().println(evidence.file() + line + ": " + found.ruleId() + ": " + found.message());
    }
    String anchored =
        evidence.anchored() < 0
            ? ""
            : ", anchored to "
                + evidence.anchored()
                + ", "
                + (evidence.entries() - evidence.anchored())
                + " beyond";
    out()
        .println(
            evidence.file()
                + ": "
                + (evidence.isWhole() ? "whole" : "damaged")
                + " ("
                + evidence.form()
                + ", "
                + evidence.entries()
                + " entries"
                + anchored
                + ")");
    evidence.notes().forEach(note -> out().println(evidence.file() + ": note: " + note));
  }

  private static String json(Evidence evidence) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("verdict", evidence.isWhole() ? "whole" : "damaged");
    fields.put("form", evidence.form());
    fields.put("entries", evidence.entries());
    fields.put("anchored", evidence.anchored() < 0 ? null : evidence.anchored());
    fields.put("head", evidence.head());
    fields.put("findings", JsonAnswer.findings(evidence.findings()));
    fields.put("notes", evidence.notes());
    return JsonText.of(fields);
  }

  @Command(
      name = "prove",
      description = "Prints the proof that an entry stands in the log, as JSON.",
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
    VerdictFolder folder = VerdictFolder.read(source.path, source.key);
    if (!folder.evidence().isWhole()) {
      print(folder.evidence());
      return Exit.DAMAGED;
    }
    long size = folder.checkpoint().size();
    if (index < 0 || index >= size) {
      throw new Refusal("the checkpoint covers the entries 0 to " + (size - 1) + ", not " + index);
    }
    InclusionProof proof = folder.log().proof(index, size);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("logIndex", index);
    fields.put("treeSize", size);
    fields.put("rootHash", folder.checkpoint().root());
    fields.put("hashes", proof.hashes());
    fields.put("document", folder.document(index));
    fields.put("checkpoint", folder.checkpoint().note());
    out().println(JsonText.of(fields));
    return Exit.ALLOWED;
  }

  @Command(
      name = "inspect",
      description = "Shows the verdicts, one a line: place, time, verdict, spec, task, agent.",
      mixinStandardHelpOptions = true)
  int inspect(@CommandLine.Mixin Source source) throws IOException {
    VerdictFolder folder = VerdictFolder.read(source.path, source.key);
    folder.summaries(line -> out().println(line));
    if (!folder.evidence().isWhole()) {
      print(folder.evidence());
      return Exit.DAMAGED;
    }
    return Exit.ALLOWED;
  }
}
