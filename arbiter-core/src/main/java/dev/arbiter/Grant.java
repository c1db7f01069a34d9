/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.Task;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Permission to run one attempt at one task under one spec, once.
 *
 * <p>The permission is for a digest over every part of the task and the spec, so it is worth
 * nothing for a task or a spec that reads differently.
 */
final class Grant {
  private final String digest;
  private final AtomicBoolean used = new AtomicBoolean();

  Grant(String digest) {
    this.digest = digest;
  }

  /**
   * Uses the permission up.
   *
   * @return empty if the attempt may run, else why not and what to do
   */
  String redeem(String digestNow) {
    if (!digest.equals(digestNow)) {
      return "task or spec changed after they were approved; submit the task again";
    }
    if (!used.compareAndSet(false, true)) {
      return "the approval was used before; every attempt needs its own";
    }
    return "";
  }

  /** Parts are length-prefixed, so that no two different tasks give the same bytes. */
  static String digest(Task task, String specDigest) {
    MessageDigest sha256 = sha256();
    add(sha256, task.id());
    add(sha256, task.type());
    add(sha256, task.tenant());
    add(sha256, Integer.toString(task.priority()));
    List<String> capabilities = new ArrayList<>(task.capabilities());
    Collections.sort(capabilities);
    add(sha256, Integer.toString(capabilities.size()));
    capabilities.forEach(capability -> add(sha256, capability));
    add(sha256, task.payload());
    add(sha256, task.deadline().map(Object::toString).orElse(""));
    add(sha256, task.idempotencyKey());
    add(sha256, specDigest);
    return HexFormat.of().formatHex(sha256.digest());
  }

  private static void add(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
