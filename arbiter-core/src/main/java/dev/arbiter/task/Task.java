/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Require;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * One piece of work for one agent.
 *
 * <p>Deeply immutable: a caller cannot change a task after it was submitted.
 *
 * @param id unique within the tenant, at most 256 printable characters; if empty, the engine gives
 *     one when the task is submitted
 * @param type the kind of work, such as {@code refactoring}; any name is allowed, and routers learn
 *     per type
 * @param tenant the tenant that owns the task, default {@value #DEFAULT_TENANT}
 * @param priority 1 (last) to 10 (first), default {@value #DEFAULT_PRIORITY}
 * @param capabilities the capabilities that a candidate needs
 * @param spec the working spec that the work must follow
 * @param payload the instruction for the agent; Arbiter does not read it
 * @param deadline the longest time from submission to end, empty for none
 * @param idempotencyKey two submissions of one tenant with the same key are one task; empty for
 *     none
 * @param terms what it waits for and what it may use up
 * @param correlationId ties the task to what its caller does, such as a W3C {@code traceparent}: at
 *     most 256 printable ASCII characters; empty for one that Arbiter derives, see {@link
 *     #correlation}
 */
public record Task(
    String id,
    String type,
    String tenant,
    int priority,
    Set<String> capabilities,
    SpecRef spec,
    String payload,
    Optional<Duration> deadline,
    String idempotencyKey,
    Terms terms,
    String correlationId) {

  /** The tenant of a task that names none. */
  public static final String DEFAULT_TENANT = "default";

  /** The priority of a task that names none. */
  public static final int DEFAULT_PRIORITY = 5;

  private static final int CORRELATION_LENGTH = 32;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public Task {
    Objects.requireNonNull(spec, "task.spec must not be null; SpecRef.none() is for no spec");
    Objects.requireNonNull(payload, "task.payload must not be null; give an empty text");
    Objects.requireNonNull(
        deadline, "task.deadline must not be null; Optional.empty() is for none");
    Require.name("task.id", id, true);
    Require.name("task.type", type, false);
    Require.name("task.tenant", tenant, false);
    Require.name("task.idempotencyKey", idempotencyKey, true);
    Require.that(
        priority >= 1 && priority <= 10, "task.priority must be 1 to 10, got %s", priority);
    capabilities = Set.copyOf(capabilities);
    for (String capability : capabilities) {
      Require.name("task.capability", capability, false);
    }
    Require.that(
        deadline.isEmpty() || deadline.get().compareTo(Duration.ZERO) > 0,
        "task.deadline must be positive, got %s",
        deadline);
    Objects.requireNonNull(terms, "task.terms must not be null; Terms.none() is for none");
    Require.ascii("task.correlationId", correlationId);
  }

  /**
   * Makes a task whose correlation id Arbiter derives.
   *
   * @param id unique within the tenant, empty for one that the engine gives
   * @param type the kind of work
   * @param tenant the tenant that owns the task
   * @param priority 1 (last) to 10 (first)
   * @param capabilities the capabilities that a candidate needs
   * @param spec the working spec that the work must follow
   * @param payload the instruction for the agent
   * @param deadline the longest time from submission to end, empty for none
   * @param idempotencyKey two submissions of one tenant with the same key are one task
   * @param terms what it waits for and what it may use up
   */
  public Task(
      String id,
      String type,
      String tenant,
      int priority,
      Set<String> capabilities,
      SpecRef spec,
      String payload,
      Optional<Duration> deadline,
      String idempotencyKey,
      Terms terms) {
    this(
        id,
        type,
        tenant,
        priority,
        capabilities,
        spec,
        payload,
        deadline,
        idempotencyKey,
        terms,
        "");
  }

  /**
   * Makes a task that begins at once and has no budget.
   *
   * @param id unique within the tenant, empty for one that the engine gives
   * @param type the kind of work
   * @param tenant the tenant that owns the task
   * @param priority 1 (last) to 10 (first)
   * @param capabilities the capabilities that a candidate needs
   * @param spec the working spec that the work must follow
   * @param payload the instruction for the agent
   * @param deadline the longest time from submission to end, empty for none
   * @param idempotencyKey two submissions of one tenant with the same key are one task
   */
  public Task(
      String id,
      String type,
      String tenant,
      int priority,
      Set<String> capabilities,
      SpecRef spec,
      String payload,
      Optional<Duration> deadline,
      String idempotencyKey) {
    this(
        id,
        type,
        tenant,
        priority,
        capabilities,
        spec,
        payload,
        deadline,
        idempotencyKey,
        Terms.none());
  }

  /**
   * {@return the one id that ties together all that belongs to this task: its events, its log lines
   * (MDC key {@code arbiter.correlation}), its agents' calls, its verdict} It is the caller's
   * {@link #correlationId}. Without one it is derived from tenant and id, as 32 hexadecimal digits,
   * so that it is the same after a restart and can be a W3C trace id; that costs one SHA-256.
   */
  public String correlation() {
    return correlationId.isEmpty()
        ? Digests.sha256Hex(tenant + '\0' + id).substring(0, CORRELATION_LENGTH)
        : correlationId;
  }

  /**
   * {@return a task of the given type under a named spec, with defaults for everything else}
   *
   * @param type the kind of work
   * @param specId the id of a working spec, which the constitution knows
   */
  public static Task of(String type, String specId) {
    return builder(type).spec(SpecRef.id(specId)).build();
  }

  /**
   * {@return a builder with defaults for everything else}
   *
   * @param type the kind of work
   */
  public static Builder builder(String type) {
    return new Builder(type);
  }

  /**
   * {@return the same task with another id}
   *
   * @param newId the id
   */
  public Task withId(String newId) {
    return new Task(
        newId,
        type,
        tenant,
        priority,
        capabilities,
        spec,
        payload,
        deadline,
        idempotencyKey,
        terms,
        correlationId);
  }

  /**
   * {@return the same task with another instruction}
   *
   * @param newPayload the instruction for the agent
   */
  public Task withPayload(String newPayload) {
    return new Task(
        id,
        type,
        tenant,
        priority,
        capabilities,
        spec,
        newPayload,
        deadline,
        idempotencyKey,
        terms,
        correlationId);
  }

  /**
   * {@return the same task with another correlation id}
   *
   * @param newCorrelationId at most 256 printable ASCII characters, empty for a derived one
   */
  public Task withCorrelationId(String newCorrelationId) {
    return new Task(
        id,
        type,
        tenant,
        priority,
        capabilities,
        spec,
        payload,
        deadline,
        idempotencyKey,
        terms,
        newCorrelationId);
  }

  /**
   * {@return what the caller set, on one line} Of a payload it gives the length: the text may be
   * long, and its secrets belong into no log.
   */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "Task[", "]");
    text.add("id=" + id).add("type=" + type);
    if (!tenant.equals(DEFAULT_TENANT)) {
      text.add("tenant=" + tenant);
    }
    if (priority != DEFAULT_PRIORITY) {
      text.add("priority=" + priority);
    }
    if (!capabilities.isEmpty()) {
      text.add("capabilities=" + new TreeSet<>(capabilities));
    }
    if (!spec.equals(SpecRef.none())) {
      text.add("spec=" + spec);
    }
    if (!payload.isEmpty()) {
      text.add(String.format(Locale.ROOT, "payload=%,d characters", payload.length()));
    }
    deadline.ifPresent(longest -> text.add("deadline=" + longest));
    if (!idempotencyKey.isEmpty()) {
      text.add("idempotencyKey=" + idempotencyKey);
    }
    if (!terms.equals(Terms.none())) {
      text.add("terms=" + terms);
    }
    if (!correlationId.isEmpty()) {
      text.add("correlationId=" + correlationId);
    }
    return text.toString();
  }

  /** Builds a {@link Task}; not thread-safe. */
  public static final class Builder {
    private final String type;
    private String id = "";
    private String tenant = DEFAULT_TENANT;
    private int priority = DEFAULT_PRIORITY;
    private Set<String> capabilities = Set.of();
    private SpecRef spec = SpecRef.none();
    private String payload = "";
    private Optional<Duration> deadline = Optional.empty();
    private String idempotencyKey = "";
    private Terms terms = Terms.none();
    private String correlationId = "";

    private Builder(String type) {
      this.type = type;
    }

    /**
     * Sets the id. Default: the engine gives one.
     *
     * @param id unique within the tenant
     */
    public Builder id(String id) {
      this.id = id;
      return this;
    }

    /**
     * Sets the tenant.
     *
     * @param tenant the tenant
     */
    public Builder tenant(String tenant) {
      this.tenant = tenant;
      return this;
    }

    /**
     * Sets the priority.
     *
     * @param priority 1 (last) to 10 (first)
     */
    public Builder priority(int priority) {
      this.priority = priority;
      return this;
    }

    /**
     * Sets the capabilities that a candidate needs.
     *
     * @param capabilities capability names
     */
    public Builder requires(String... capabilities) {
      this.capabilities = Set.of(capabilities);
      return this;
    }

    /**
     * Sets the working spec that the work must follow.
     *
     * @param spec the spec
     */
    public Builder spec(SpecRef spec) {
      this.spec = spec;
      return this;
    }

    /**
     * Sets the instruction for the agent.
     *
     * @param payload any text
     */
    public Builder payload(String payload) {
      this.payload = payload;
      return this;
    }

    /**
     * Limits the time from submission to end.
     *
     * @param deadline a positive duration
     */
    public Builder deadline(Duration deadline) {
      this.deadline = Optional.of(deadline);
      return this;
    }

    /**
     * Sets the idempotency key: repeated submissions with it are one task.
     *
     * @param key unique for this work within the tenant
     */
    public Builder idempotencyKey(String key) {
      this.idempotencyKey = key;
      return this;
    }

    /**
     * Ties the task to what its caller does. Default: {@link Task#correlation} derives an id. Of
     * two submissions with one idempotency key, that of the first counts.
     *
     * @param id such as a W3C {@code traceparent}; at most 256 printable ASCII characters
     */
    public Builder correlationId(String id) {
      this.correlationId = id;
      return this;
    }

    /**
     * Lets the task begin at a moment, not before.
     *
     * @param moment the moment
     */
    public Builder notBefore(Instant moment) {
      this.terms = terms.withNotBefore(moment);
      return this;
    }

    /**
     * Lets the task begin when a person has approved it, see {@code Arbiter.approvals()}.
     *
     * @param question asked before any agent is called
     */
    public Builder approval(Question question) {
      this.terms = terms.withApproval(question);
      return this;
    }

    /**
     * Limits what the task may use up.
     *
     * @param budget the limits, and what happens when one is reached
     */
    public Builder budget(TaskBudget budget) {
      this.terms = terms.withBudget(budget);
      return this;
    }

    /**
     * Limits the time of each attempt. The shortest limit counts: this, the agent's, the type's and
     * the arbiter's.
     *
     * @param longest a positive duration
     */
    public Builder attemptLimit(Duration longest) {
      this.terms = terms.withAttemptLimit(longest);
      return this;
    }

    /** Lets the deadline stand still while the task waits for something outside. */
    public Builder deadlinePauses() {
      this.terms = terms.withPausingDeadline();
      return this;
    }

    /**
     * Gives the task to several agents at once. The constitution judges the work of each; the best
     * that passes is kept, and the others are paid and dropped. Only agents with a free slot join
     * the first, so a busy house gives it to fewer. Each works on its own copy, such as a work tree
     * of its own.
     *
     * @param agents at most so many, 1 to 8; the router may decide for fewer
     */
    public Builder bestOf(int agents) {
      this.terms = terms.withBestOf(agents);
      return this;
    }

    /**
     * Declares that two agents may do the task without harm, so that a second one may start when
     * the first is slow. The work that passes first is kept. It happens only where the arbiter was
     * built with {@code hedging}.
     */
    public Builder hedged() {
      this.terms = terms.withHedging();
      return this;
    }

    /**
     * {@return the task}
     *
     * @throws IllegalArgumentException if a part is outside its range
     */
    public Task build() {
      return new Task(
          id,
          type,
          tenant,
          priority,
          capabilities,
          spec,
          payload,
          deadline,
          idempotencyKey,
          terms,
          correlationId);
    }
  }
}
