/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverFolder;
import dev.arbiter.caws.waiver.WaiverLedger;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The steps of waivers in a folder's ledger. Each is recorded before it is printed. */
@Command
abstract class WaiverSteps extends CliCommand {
  private static final int LARGEST_POLICY = 256 * 1024;

  final InstantSource clock;

  WaiverSteps(InstantSource clock) {
    this.clock = clock;
  }

  /** The ledger, and the moment of the step. */
  static class Ledger {
    @Parameters(
        index = "0",
        paramLabel = "DIR",
        description = "The ledger's folder, such as .caws/waivers.")
    private Path folder = Path.of("");

    @Option(
        names = "--policy",
        paramLabel = "FILE",
        description =
            "Sets the number of approvers and the longest time of a waiver; without it one"
                + " approver and 90 days. The constitution checks both again when it judges"
                + " work.")
    private @Nullable Path policy;

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description =
            "The private key that signs the ledger's steps, PEM; from its first step on, and always"
                + " the same. Without it steps are not signed: then anybody who can write the folder"
                + " can add some.")
    private @Nullable Path key;

    @CommandLine.Mixin private Now now = new Now();
  }

  /** One waiver of a ledger, and the person who takes the step. */
  static final class Who extends Ledger {
    @Parameters(index = "1", paramLabel = "ID", description = "The waiver.")
    private String id = "";

    @Option(
        names = "--by",
        required = true,
        paramLabel = "NAME",
        description = "Who does it; nobody approves what they asked for, or use what they approve.")
    private String by = "";
  }

  @Command(
      name = "propose",
      description = "Asks for a waiver; it counts when it is approved and activated.",
      mixinStandardHelpOptions = true)
  int propose(
      @CommandLine.Mixin Who who,
      @Option(names = "--spec", required = true, paramLabel = "ID", description = "For which spec.")
          String specId,
      @Option(
              names = "--gate",
              required = true,
              split = ",",
              paramLabel = "GATE",
              description = "A gate or a constitutional rule that it lifts.")
          List<String> gates,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
          String reason,
      @Option(
              names = "--expires",
              required = true,
              paramLabel = "INSTANT",
              converter = Now.class,
              description = "From when on it does not count, such as 2026-07-01T00:00:00Z.")
          Instant expires,
      @Option(names = "--files", paramLabel = "N", description = "So many files more.") long files,
      @Option(names = "--lines", paramLabel = "N", description = "So many lines more.") long lines,
      @Option(
              names = "--max-uses",
              defaultValue = "-1",
              paramLabel = "N",
              description = "How often it counts; default any number.")
          long maxUses)
      throws IOException {
    WaiverEntry.Proposal proposal =
        new WaiverEntry.Proposal(
            who.id, specId, gates, files, lines, reason, who.by, expires, maxUses);
    return step(who, true, waivers -> waivers.propose(proposal));
  }

  @Command(
      name = "approve",
      description = "Says yes to a waiver, or to the extension it waits for.",
      mixinStandardHelpOptions = true)
  int approve(@CommandLine.Mixin Who who) throws IOException {
    return step(who, false, waivers -> waivers.approve(who.id, who.by));
  }

  @Command(
      name = "activate",
      description = "Lets an approved waiver, or its approved extension, count from now on.",
      mixinStandardHelpOptions = true)
  int activate(@CommandLine.Mixin Who who) throws IOException {
    return step(who, false, waivers -> waivers.activate(who.id, who.by));
  }

  @Command(name = "revoke", description = "Ends a waiver at once.", mixinStandardHelpOptions = true)
  int revoke(
      @CommandLine.Mixin Who who,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
          String reason)
      throws IOException {
    return step(who, false, waivers -> waivers.revoke(who.id, who.by, reason));
  }

  @Command(
      name = "extend",
      description = "Asks for a later expiry; it has to be approved and activated anew.",
      mixinStandardHelpOptions = true)
  int extend(
      @CommandLine.Mixin Who who,
      @Option(
              names = "--expires",
              required = true,
              paramLabel = "INSTANT",
              converter = Now.class,
              description = "The later expiry.")
          Instant expires)
      throws IOException {
    return step(who, false, waivers -> waivers.extend(who.id, who.by, expires));
  }

  @Command(
      name = "expire",
      description = "Marks the waivers whose time is over; they do not count, marked or not.",
      mixinStandardHelpOptions = true)
  int expire(@CommandLine.Mixin Ledger ledger) throws IOException {
    return with(
        ledger,
        false,
        waivers -> {
          List<String> over = waivers.expire();
          out().println(over.isEmpty() ? "none is over" : "expired " + String.join(", ", over));
          return Exit.ALLOWED;
        });
  }

  private int step(
      Ledger ledger, boolean make, Function<WaiverLedger, WaiverLedger.StepResult> step)
      throws IOException {
    return with(
        ledger,
        make,
        waivers -> {
          WaiverLedger.StepResult result = step.apply(waivers);
          if (result instanceof WaiverLedger.StepResult.Done done) {
            out().println(WaiverText.line(done.waiver()));
            return Exit.ALLOWED;
          }
          String reason = ((WaiverLedger.StepResult.Refused) result).reason();
          err().println("arbiter: refused: " + WaiverText.reason(reason));
          return WaiverText.isMisuse(reason) ? Exit.UNUSABLE : Exit.DENIED;
        });
  }

  private int with(Ledger given, boolean make, Function<WaiverLedger, Integer> work)
      throws IOException {
    if (!make && !WaiverFolder.isOne(given.folder)) {
      throw new Refusal(given.folder + " has no ledger; arbiter waiver propose starts one");
    }
    WaiverLedger.Limits limits =
        given.policy == null
            ? WaiverLedger.Limits.defaults()
            : WaiverLedger.Limits.of(Inputs.text(given.policy, LARGEST_POLICY));
    Instant now = given.now.or(clock);
    SigningKey key = given.key == null ? null : SigningKey.load(given.key);
    try (WaiverFolder folder = WaiverFolder.open(given.folder, limits, () -> now, key)) {
      return work.apply(folder.ledger());
    } catch (IllegalStateException e) {
      return damaged(e);
    }
  }

  int damaged(IllegalStateException e) {
    err().println("arbiter: " + ArbiterCli.printable(String.valueOf(e.getMessage())));
    return Exit.DAMAGED;
  }

  /** {@return the waivers of a folder's ledger, empty for a folder without a ledger} */
  static List<WaiverEntry> entries(Path folder, @Nullable Path key) throws IOException {
    PublicKey trusted = key == null ? null : SigningKey.publicKey(Inputs.text(key, LARGEST_POLICY));
    try {
      return WaiverFolder.isOne(folder) ? WaiverFolder.read(folder, trusted) : List.of();
    } catch (NoSuchFileException e) {
      throw new Refusal(e.getMessage() + " was taken away while it was read");
    }
  }
}
