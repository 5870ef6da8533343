package io.wherry.internal.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins the small metric blocks of a run, step by step so that nobody waits long for the writer.
 */
final class Compaction {
  private static final int BLOCK_POINTS = 4096;
  private static final int FEW_BLOCKS = 4;
  private static final int BLOCKS_A_STEP = 500;

  private final long run;

  /** Keys with blocks worth joining; the first one is at work. Null before the first step. */
  private @Nullable Deque<Integer> keys;

  /** The last block of the first key that was looked at. */
  private long after;

  Compaction(long run) {
    this.run = run;
  }

  private record Block(long id, int points) {}

  /** Does a part of the work and tells whether there is more. */
  boolean step(Tx tx) {
    if (keys == null) {
      keys =
          new ArrayDeque<>(
              tx.db.list(
                  "select key from metric_block where run = ? group by key having count(*) > ?",
                  row -> row.getInt(1),
                  run,
                  FEW_BLOCKS));
    }
    if (keys.isEmpty()) {
      return false;
    }
    List<Block> blocks =
        tx.db.list(
            "select id, n from metric_block where run = ? and key = ? and id > ? order by id limit"
                + " ?",
            row -> new Block(row.getLong(1), row.getInt(2)),
            run,
            keys.getFirst(),
            after,
            BLOCKS_A_STEP);
    List<Block> group = new ArrayList<>();
    int points = 0;
    for (Block block : blocks) {
      if (points + block.points() > BLOCK_POINTS) {
        join(tx, group);
        group.clear();
        points = 0;
      }
      group.add(block);
      points += block.points();
      after = block.id();
    }
    join(tx, group);
    if (blocks.size() < BLOCKS_A_STEP) {
      keys.removeFirst();
      after = 0;
    }
    return !keys.isEmpty();
  }

  /** The joined block takes the place of the first, so that the order of arrival stays. */
  private static void join(Tx tx, List<Block> group) {
    if (group.size() < 2) {
      return;
    }
    PackedPoints joined = new PackedPoints();
    for (Block block : group) {
      tx.db.each(
          "select bytes from metric_block where id = ?",
          row -> {
            joined.addPacked(row.getBytes(1));
            return false;
          },
          block.id());
    }
    for (Block block : group.subList(1, group.size())) {
      tx.db.update("delete from metric_block where id = ?", block.id());
    }
    tx.db.update(
        "update metric_block set first_step = ?, n = ?, bytes = ? where id = ?",
        joined.firstStep(),
        joined.size(),
        joined.toBytes(),
        group.get(0).id());
  }
}
