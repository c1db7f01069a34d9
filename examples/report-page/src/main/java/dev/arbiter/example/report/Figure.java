/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** One chart. Every number in it is in a table under it, too. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
public sealed interface Figure permits Figure.Curve, Figure.Bars, Figure.Dots, Shares {

  /**
   * The words above it.
   *
   * @return what it shows
   */
  Caption caption();

  /**
   * How something went over a run.
   *
   * @param caption the words above it
   * @param tasks how long the run is; the values of each line are spread over it evenly
   * @param cumulative whether values are at the ends of parts, the first at the start, and not each
   *     of a whole part
   * @param unit of the values
   * @param lines what went on
   * @param levels what to hold it against
   */
  record Curve(
      Caption caption,
      int tasks,
      boolean cumulative,
      Unit unit,
      List<Series> lines,
      List<Level> levels)
      implements Figure {

    /** Copies. */
    public Curve {
      lines = List.copyOf(lines);
      levels = List.copyOf(levels);
    }
  }

  /**
   * Groups of bars.
   *
   * @param caption the words above it
   * @param flat whether bars go to the right; they do so in any case where a page is narrow
   * @param unit of the values
   * @param groups what each group is called
   * @param bars in each, one value for each group
   */
  record Bars(Caption caption, boolean flat, Unit unit, List<String> groups, List<Series> bars)
      implements Figure {

    /** Copies. */
    public Bars {
      groups = List.copyOf(groups);
      bars = List.copyOf(bars);
    }
  }

  /**
   * Single values, smallest first.
   *
   * @param caption the words above it
   * @param each what each value is of
   * @param unit of the values
   * @param values in any order
   * @param levels what to hold them against
   */
  record Dots(Caption caption, String each, Unit unit, List<Double> values, List<Level> levels)
      implements Figure {

    /** Sorts and copies. */
    public Dots {
      values = values.stream().sorted().toList();
      levels = List.copyOf(levels);
    }
  }
}
