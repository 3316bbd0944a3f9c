package dev.selvedge.protocol.raw;

import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.ReplyError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing that a client says in the JSON form. */
sealed interface FromClient {
  void tell(ClientSession session);

  /** {@code {"event":…}}. */
  record Said(ClientMessage message) implements FromClient {
    @Override
    public void tell(ClientSession session) {
      session.receive(message);
    }
  }

  /** {@code {"stream":…,"item":…}}. */
  record Item(long stream, @Nullable Object value) implements FromClient {
    @Override
    public void tell(ClientSession session) {
      session.item(stream, value);
    }
  }

  /** {@code {"stream":…,"end":true}}, with an error if the stream failed. */
  record End(long stream, @Nullable ReplyError error) implements FromClient {
    @Override
    public void tell(ClientSession session) {
      session.endStream(stream, error);
    }
  }

  /** {@code {"cancel":…}}. */
  record Cancel(long id) implements FromClient {
    @Override
    public void tell(ClientSession session) {
      session.cancel(id);
    }
  }

  /** {@code {"answer":…}}, with arguments or an error. */
  record Answer(long request, List<@Nullable Object> args, @Nullable ReplyError error)
      implements FromClient {
    @Override
    public void tell(ClientSession session) {
      if (error == null) {
        session.answer(request, args);
      } else {
        session.answerError(request, error);
      }
    }
  }
}
