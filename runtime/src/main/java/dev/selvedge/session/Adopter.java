package dev.selvedge.session;

import dev.selvedge.fabric.Lane;
import java.util.Optional;

/** Of a protocol: goes on with clients of which there are {@link Notes}. */
@FunctionalInterface
public interface Adopter {
  /**
   * A session has come from another edge; its client is away. What was heard from the client and
   * may not have been handled is to be given to the session within this call: an instance that has
   * it already drops it. Called on {@code lane}, that of the session.
   *
   * @param secret by which only the client knows the session
   * @param notes what the former edge has noted; not to be modified
   * @return the client's port, not called before this has returned; empty if the notes are of no
   *     use: the session is closed
   */
  Optional<ClientPort> adopt(Lane lane, ClientSession session, SessionId secret, Notes notes);
}
