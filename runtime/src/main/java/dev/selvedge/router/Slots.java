package dev.selvedge.router;

/**
 * Keeps a member's limits over the whole cluster. A limit is that many slots; a node may have as
 * many connections as it holds slots. Called with the pool's lock held; never calls back.
 */
interface Slots {
  /** Of a node that is alone and will be: all slots are its own. */
  Slots ALONE =
      new Slots() {
        @Override
        public Room room(Allotment allotment) {
          return allotment.used() < allotment.limit() ? Room.FREE : Room.FULL;
        }

        @Override
        public void open(Allotment allotment) {}

        @Override
        public void close(Allotment allotment) {}

        @Override
        public void released(Allotment allotment) {}
      };

  /** Whether there is a slot for one more; if there is none, asks for some. */
  Room room(Allotment allotment);

  void open(Allotment allotment);

  /** The member has left the pool and has no connections. */
  void close(Allotment allotment);

  /** A connection has ended. */
  void released(Allotment allotment);
}
