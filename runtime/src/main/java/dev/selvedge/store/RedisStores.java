package dev.selvedge.store;

import dev.selvedge.function.Store;
import io.vertx.core.Future;

/** The stores in one Redis server, over one link. */
final class RedisStores implements Stores {
  private final RedisLink link;

  RedisStores(RedisLink link) {
    this.link = link;
  }

  @Override
  public Store open(String name) {
    return new JsonStore(new RedisStore(link, StoreNames.checked(name)));
  }

  @Override
  public Health health() {
    return link.trouble().map(reason -> new Health(false, reason)).orElse(Health.OK);
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }
}
