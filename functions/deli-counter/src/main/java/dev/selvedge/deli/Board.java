package dev.selvedge.deli;

import io.vertx.core.json.JsonObject;

/**
 * What hangs above the counter. Both numbers only grow, so of two boards the one with the higher
 * numbers is the newer.
 *
 * @param serving the number called last; 0 before the first
 * @param issued the number given out last; 0 before the first
 */
record Board(long serving, long issued) {
  JsonObject toJson() {
    return new JsonObject().put("serving", serving).put("issued", issued);
  }
}
