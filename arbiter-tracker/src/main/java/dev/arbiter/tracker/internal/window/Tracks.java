/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Finds the track of an event, and creates new ones up to the capacity. */
public final class Tracks {
  /*
   * A lookup is one read of a table and allocates nothing. Only the first sight of an agent, task
   * type or tenant takes the lock, and only while there is capacity, in all and for its tenant.
   * Beyond it, a new tenant counts for the agent at that type, a new type for the agent, each also
   * in OTHER; a new agent counts in OTHER only.
   */
  public static final String OTHER = "(other)";
  static final String ALL = "";
  private static final int LONGEST_NAME = 256;

  private final BranchTable table = new BranchTable();
  private final Track.Parting parting = new Track.Parting();
  private final int capacity;
  private final int tenantCapacity;
  private final Map<String, Integer> held = new ConcurrentHashMap<>();
  private final Branch other = new Branch(OTHER);
  private volatile Track[] byId = new Track[64];
  private int ids;
  private int knownAgents;
  private volatile int count;

  public Tracks(int capacity, int tenantCapacity) {
    this.capacity = capacity;
    this.tenantCapacity = tenantCapacity;
    table.add(other);
  }

  /** The track of an agent, a task type and a tenant. */
  public int resolve(String agent, String taskType, String tenant) {
    Branch branch = table.get(agent, taskType, tenant);
    int track = branch == null ? -1 : branch.track;
    return track < 0 ? resolveNew(agent, taskType, tenant).id() : track;
  }

  private Track resolveNew(String agent, String taskType, String tenant) {
    Track added = hasRoom(tenant) ? add(agent, taskType, tenant) : null;
    return added == null ? rest(agent, taskType) : added;
  }

  private boolean hasRoom(String tenant) {
    return count < capacity && held.getOrDefault(tenant, 0) < tenantCapacity;
  }

  private synchronized @Nullable Track add(String agent, String taskType, String tenant) {
    Branch known = table.get(agent, taskType, tenant);
    if (known != null) {
      return byId[known.track];
    }
    if (!hasRoom(tenant) || agent.equals(OTHER) || !mayBeAdded(agent, taskType, tenant)) {
      return null;
    }
    Branch leaf = tenant(type(agent(agent), taskType), tenant);
    return byId[leaf.track];
  }

  private Branch agent(String name) {
    Branch branch = table.get(name, null, null);
    if (branch == null) {
      branch = new Branch(name);
      table.add(branch);
    }
    return branch;
  }

  private Branch type(Branch agent, String name) {
    Branch branch = table.get(agent.agent, name, null);
    if (branch == null) {
      branch = agent.type(name);
      table.add(branch);
    }
    return branch;
  }

  private synchronized Branch tenant(Branch type, String name) {
    Branch leaf = type.tenant(name);
    leaf.track = register(leaf, null).id();
    table.add(leaf);
    count = count + 1;
    held.merge(name, 1, Integer::sum);
    return leaf;
  }

  /**
   * The branch of names of a snapshot, new if it must be.
   *
   * @return null if there is no capacity for it
   */
  synchronized @Nullable Branch restored(
      String agent, @Nullable String taskType, @Nullable String tenant) {
    Branch known = table.get(agent, taskType, tenant);
    String type = taskType == null ? ALL : taskType;
    String of = tenant == null ? ALL : tenant;
    if (known != null || !hasRoom(of) || !mayBeAdded(agent, type, of)) {
      return known;
    }
    Branch byAgent = agent(agent);
    Branch byType = taskType == null ? byAgent : type(byAgent, taskType);
    return tenant == null ? byType : tenant(byType, tenant);
  }

  /** All agents, with {@link #OTHER}, in alphabetical order; each has its types as children. */
  List<Branch> agentBranches() {
    List<Branch> branches = new ArrayList<>();
    table.forEach(
        branch -> {
          if (branch.taskType == null) {
            branches.add(branch);
          }
        });
    branches.sort(Comparator.comparing(branch -> branch.agent));
    return branches;
  }

  /** Gives an agent a series of its own, if there is capacity. */
  public void know(String agent) {
    if (count < capacity && table.get(agent, null, null) == null) {
      addAgent(agent);
    }
  }

  private synchronized void addAgent(String agent) {
    if (knownAgents < capacity
        && agent.length() <= LONGEST_NAME
        && table.get(agent, null, null) == null
        && table.hasRoom(agent, null, null)) {
      knownAgents++;
      table.add(new Branch(agent));
    }
  }

  private boolean mayBeAdded(String agent, String taskType, String tenant) {
    return agent.length() <= LONGEST_NAME
        && taskType.length() <= LONGEST_NAME
        && tenant.length() <= LONGEST_NAME
        && table.hasRoom(agent, null, null)
        && table.hasRoom(agent, taskType, null)
        && table.hasRoom(agent, taskType, tenant);
  }

  /** The track of events without a branch of their own: at the nearest existing branch. */
  private Track rest(String agent, String taskType) {
    Branch nearest = table.get(agent, taskType, null);
    if (nearest == null) {
      nearest = table.get(agent, null, null);
    }
    Branch branch = nearest == null ? other : nearest;
    Track track = branch.rest;
    return track == null ? addRest(branch) : track;
  }

  private synchronized Track addRest(Branch branch) {
    Track track = branch.rest;
    if (track == null) {
      track = register(branch, other);
      branch.rest = track;
    }
    return track;
  }

  private Track register(Branch branch, @Nullable Branch alsoAt) {
    if (ids == byId.length) {
      byId = Arrays.copyOf(byId, 2 * ids);
    }
    Track track = new Track(ids, branch, alsoAt, parting);
    byId[ids++] = track;
    return track;
  }

  /** The track with an id that {@link #resolve} gave. */
  public Track get(int id) {
    return byId[id];
  }

  /** How often branches parted. */
  int partings() {
    return parting.count;
  }

  /** The branches that together answer a question; an empty type or tenant means all. */
  public List<Branch> find(String agent, String taskType, String tenant) {
    if (!taskType.equals(ALL) || tenant.equals(ALL)) {
      String type = taskType.equals(ALL) ? null : taskType;
      Branch branch = table.get(agent, type, tenant.equals(ALL) ? null : tenant);
      return branch == null ? List.of() : List.of(branch);
    }
    List<Branch> found = new ArrayList<>();
    for (Branch type : children(table.get(agent, null, null))) {
      for (Branch leaf : children(type)) {
        if (tenant.equals(leaf.tenant)) {
          found.add(leaf);
        }
      }
    }
    return found;
  }

  /** The children of a branch, the youngest first. */
  static List<Branch> children(@Nullable Branch parent) {
    List<Branch> children = new ArrayList<>();
    Branch child = parent == null ? null : parent.youngest();
    while (child != null) {
      children.add(child);
      child = child.elder;
    }
    return children;
  }

  /** The agents with series, in alphabetical order. */
  public Set<String> agents() {
    Set<String> agents = new TreeSet<>();
    table.forEach(branch -> agents.add(branch.agent));
    return agents;
  }

  /** The task types of an agent with series, in alphabetical order. */
  public Set<String> taskTypes(String agent) {
    Set<String> types = new TreeSet<>();
    for (Branch type : children(table.get(agent, null, null))) {
      types.add(String.valueOf(type.taskType));
    }
    types.remove(ALL);
    return types;
  }

  /** The tenants of an agent and type, in alphabetical order. */
  public Set<String> tenants(String agent, String taskType) {
    Set<String> tenants = new TreeSet<>();
    for (Branch leaf : children(table.get(agent, taskType, null))) {
      tenants.add(String.valueOf(leaf.tenant));
    }
    return tenants;
  }

  /** Series of an agent, a type and a tenant. */
  public int count() {
    return count;
  }
}
