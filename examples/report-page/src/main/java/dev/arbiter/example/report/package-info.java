/* SPDX-License-Identifier: Apache-2.0 */

/**
 * A page of findings in one file that opens offline.
 *
 * <p>Start at {@link dev.arbiter.example.report.ReportPage}. A {@link
 * dev.arbiter.example.report.Figure} is one chart with the finding it shows.
 */
@NullMarked
package dev.arbiter.example.report;

import org.jspecify.annotations.NullMarked;
