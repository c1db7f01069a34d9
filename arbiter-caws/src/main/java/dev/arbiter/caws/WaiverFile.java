/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One waiver as a file has it, for lists and checks; decisions read the files themselves.
 *
 * @param file the file's name
 * @param id as the file has it
 * @param status such as {@code active} or {@code revoked}; empty when not said
 * @param gates what it lifts, as compared
 * @param specId the spec it is bound to; empty when it names none, and so counts for none
 * @param expires when it ends; empty when the file does not say so readably
 * @param approvers who approved, each once
 * @param state {@code counts}, or in one word why it never does or does not now
 * @param findings what is wrong with its fields, with pointer and line
 */
public record WaiverFile(
    String file,
    String id,
    String status,
    List<String> gates,
    String specId,
    Optional<Instant> expires,
    List<String> approvers,
    String state,
    List<Finding> findings) {
  /** Copies. */
  public WaiverFile {
    gates = List.copyOf(gates);
    approvers = List.copyOf(approvers);
    findings = List.copyOf(findings);
  }

  /**
   * All waivers of a folder.
   *
   * @param waivers read, by file name
   * @param unreadable files that are no waiver; while there is one, nothing runs
   */
  public record Folder(List<WaiverFile> waivers, List<Finding> unreadable) {
    /** Copies. */
    public Folder {
      waivers = List.copyOf(waivers);
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * Reads a folder.
   *
   * @param folder of YAML and JSON files, or one such file
   * @param now the moment that expiry is held against
   * @return its waivers
   */
  public static Folder read(Path folder, Instant now) {
    List<WaiverFile> read = new ArrayList<>();
    List<Finding> unreadable = new ArrayList<>();
    for (Path file : ProjectFiles.list(folder, unreadable)) {
      String name = String.valueOf(file.getFileName());
      try {
        String text = new FileText(file, () -> now).current();
        for (WaiverReader.Examined one : WaiverReader.read(text)) {
          read.add(of(name, one, now));
        }
      } catch (Unreadable e) {
        unreadable.add(
            Finding.error("waiver.schema." + e.rule(), name, name + " " + e.reason())
                .onLine(e.line()));
      }
    }
    return new Folder(read, unreadable);
  }

  private static WaiverFile of(String name, WaiverReader.Examined one, Instant now) {
    Waiver waiver = one.waiver();
    Set<String> approvers = new LinkedHashSet<>();
    waiver.approvers().forEach(approver -> approvers.add(approver.handle()));
    return new WaiverFile(
        name,
        waiver.id(),
        waiver.status(),
        waiver.gates(),
        waiver.specId(),
        Optional.ofNullable(waiver.expires()),
        List.copyOf(approvers),
        state(waiver, now),
        one.findings());
  }

  private static String state(Waiver waiver, Instant now) {
    if (!waiver.isActive()) {
      return "status_not_active";
    }
    if (!waiver.problem().isEmpty()) {
      return waiver.problem();
    }
    if (waiver.specId().isEmpty()) {
      return "not_bound_to_spec";
    }
    Instant expires = waiver.expires();
    return expires != null && expires.isAfter(now) ? "counts" : "expired";
  }
}
