/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Races at the mailbox: who drives a run, and when it rests. */
public final class MailboxRaces {
  private MailboxRaces() {}

  /** A run that counts its news in plain fields, as a real one does. */
  static final class Run extends Mailbox {
    private int read;
    private boolean driven;
    private int overlaps;

    static final class Note extends News {}

    /** Posts, and drives if the run rested. */
    void tell() {
      if (post(new Note()) && claim()) {
        drive();
      }
    }

    /** Reads news until the run rests. The caller has claimed the run. */
    void drive() {
      do {
        overlaps += driven ? 1 : 0;
        driven = true;
        for (News news = take(); news != null; news = news.next()) {
          read++;
        }
        driven = false;
      } while (!rest());
    }

    /** Claims the run for a driver that has read its first news. */
    Run driven() {
      post(new Note());
      claim();
      take();
      return this;
    }

    /** Checks that what was posted is read, and that the run rests. */
    void check(int posted) {
      boolean rests = post(new Note());
      if (read != posted || overlaps > 0 || !rests) {
        throw new AssertionError(read + " read, " + overlaps + " overlaps, rests: " + rests);
      }
    }

    /** Shows what was read, how often two drove at once, and whether the run rests now. */
    void show(III_Result result) {
      result.r1 = read;
      result.r2 = overlaps;
      result.r3 = post(new Note()) ? 1 : 0;
    }
  }

  /** Two posters at a resting run: one of them drives, all news is read once. */
  @JCStressTest
  @Outcome(
      id = "4, 0, 1",
      expect = Expect.ACCEPTABLE,
      desc = "all read, by one at a time, and rests")
  @Outcome(expect = Expect.FORBIDDEN, desc = "news lost, two drivers, or none")
  @State
  public static class TwoPosters {
    private final Run run = new Run();

    /** Posts twice. */
    @Actor
    public void one() {
      run.tell();
      run.tell();
    }

    /** Posts twice. */
    @Actor
    public void other() {
      run.tell();
      run.tell();
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
      run.show(result);
    }
  }

  /** A poster at a run whose driver is about to let it rest. */
  @JCStressTest
  @Outcome(
      id = "2, 0, 1",
      expect = Expect.ACCEPTABLE,
      desc = "all read, by one at a time, and rests")
  @Outcome(expect = Expect.FORBIDDEN, desc = "news lost, two drivers, or none")
  @State
  public static class PosterAndDriver {
    private final Run run = new Run().driven();

    /** Posts twice. */
    @Actor
    public void post() {
      run.tell();
      run.tell();
    }

    /** Drives. */
    @Actor
    public void drive() {
      run.drive();
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
      run.show(result);
    }
  }

  /** One post against one rest: exactly one of the two must drive. */
  @JCStressTest
  @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "rested, so the poster drives")
  @Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "the driver goes on")
  @Outcome(expect = Expect.FORBIDDEN, desc = "both drive, or none does")
  @State
  public static class PostAgainstRest {
    private final Run run = new Run().driven();

    /** Posts. */
    @Actor
    public void post(ZZ_Result result) {
      result.r2 = run.post(new Run.Note());
    }

    /** Rests. */
    @Actor
    public void rest(ZZ_Result result) {
      result.r1 = run.rest();
    }
  }

  /** A post against the end of a run: nobody is asked to drive it, and it stays closed. */
  @JCStressTest
  @Outcome(id = "false, false, true", expect = Expect.ACCEPTABLE, desc = "over")
  @Outcome(expect = Expect.FORBIDDEN, desc = "an ended run is driven again")
  @State
  public static class PostAgainstClose {
    private final Run run = new Run().driven();

    /** Posts. */
    @Actor
    public void post(ZZZ_Result result) {
      result.r1 = run.post(new Run.Note());
      result.r2 = run.claim();
    }

    /** Closes. */
    @Actor
    public void close() {
      run.close();
    }

    /** Looks. */
    @Arbiter
    public void look(ZZZ_Result result) {
      result.r3 = run.isClosed() && !run.isReady();
    }
  }

  /** A submission is refused while a closing thread drives its run: the run stays closed. */
  @JCStressTest
  @Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "over")
  @Outcome(expect = Expect.FORBIDDEN, desc = "a refused run rests and can be driven again")
  @State
  public static class RestAgainstClose {
    private final Run run = new Run().driven();

    /** Rests. */
    @Actor
    public void rest(ZZ_Result result) {
      result.r1 = run.rest();
    }

    /** Closes. */
    @Actor
    public void close() {
      run.close();
    }

    /** Looks. */
    @Arbiter
    public void look(ZZ_Result result) {
      result.r2 = run.isClosed();
    }
  }
}
