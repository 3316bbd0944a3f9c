package dev.selvedge.it;

import dev.selvedge.testing.Eventually;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/** A tab of a browser, used as a person uses it: by what is to be seen on the page. */
final class Tab {
  private final DevTools devTools;
  private final String session;
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  Tab(DevTools devTools, String session) throws Exception {
    this.devTools = devTools;
    this.session = session;
    devTools.onEvent(session, this::note);
    command("Page.enable", new JsonObject());
    command("Runtime.enable", new JsonObject());
  }

  private void note(String event, JsonObject parameters) {
    if (event.equals("Runtime.exceptionThrown")) {
      complaints.add(parameters.getJsonObject("exceptionDetails").encode());
    } else if (event.equals("Runtime.consoleAPICalled")
        && parameters.getString("type").equals("error")) {
      complaints.add(parameters.getJsonArray("args").encode());
    }
  }

  /** What the page's scripts threw and did not catch, or wrote to the console as errors. */
  List<String> complaints() {
    return complaints;
  }

  private JsonObject command(String method, JsonObject parameters) throws Exception {
    return devTools.command(session, method, parameters);
  }

  /** Runs a script in every document of this tab from now on, before the page's own. */
  void beforeEachPage(String script) throws Exception {
    command("Page.addScriptToEvaluateOnNewDocument", new JsonObject().put("source", script));
  }

  void open(String url) throws Exception {
    JsonObject answer = command("Page.navigate", new JsonObject().put("url", url));
    if (answer.containsKey("errorText")) {
      throw new AssertionError(url + ": " + answer.getString("errorText"));
    }
    await("loaded " + url, () -> evaluate("document.readyState").equals("complete"));
  }

  /** The value of an expression, awaited if it is a promise. */
  Object evaluate(String expression) throws Exception {
    JsonObject answer =
        command(
            "Runtime.evaluate",
            new JsonObject()
                .put("expression", expression)
                .put("returnByValue", true)
                .put("awaitPromise", true));
    if (answer.containsKey("exceptionDetails")) {
      throw new AssertionError(
          expression + ": " + answer.getJsonObject("exceptionDetails").encode());
    }
    Object value = answer.getJsonObject("result").getValue("value");
    return value == null ? "" : value;
  }

  /** Clicks on the first element of a CSS selector, which must be there and enabled. */
  void click(String selector) throws Exception {
    await(selector + " can be clicked", () -> is("q && !q.disabled", selector));
    evaluate("document.querySelector(" + Json.encode(selector) + ").click()");
  }

  /** Types into a field, in place of what is there. */
  void type(String selector, String text) throws Exception {
    await(selector + " is there", () -> is("q", selector));
    evaluate(
        "(q => { q.value = "
            + Json.encode(text)
            + "; q.dispatchEvent(new Event('input', {bubbles: true})) })(document.querySelector("
            + Json.encode(selector)
            + "))");
  }

  private boolean is(String condition, String selector) throws Exception {
    String script =
        "(q => Boolean(" + condition + "))(document.querySelector(" + Json.encode(selector) + "))";
    return (Boolean) evaluate(script);
  }

  /** What is to be seen of an element; empty if it is not there. */
  String text(String selector) throws Exception {
    return (String)
        evaluate(
            "(q => q ? q.innerText : '')(document.querySelector(" + Json.encode(selector) + "))");
  }

  /** Waits until an element shows a text. */
  void awaitText(String selector, String part) throws Exception {
    await(selector + " shows " + part, () -> text(selector).contains(part));
  }

  void await(String what, Callable<Boolean> condition) throws Exception {
    try {
      Eventually.until(what, condition);
    } catch (AssertionError e) {
      throw new AssertionError(
          e.getMessage() + "\npage: " + text("body") + "\ncomplaints: " + complaints, e);
    }
  }

  /**
   * Closes the tab, and with it its page's connections. To leave the page for another one does not
   * close them at once: Chromium keeps pages for a while, for who goes back.
   */
  void close() throws Exception {
    command("Page.close", new JsonObject());
  }

  /** Writes what the tab looks like into a PNG file. */
  void screenshot(Path file) throws Exception {
    JsonObject answer = command("Page.captureScreenshot", new JsonObject().put("format", "png"));
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode(answer.getString("data")));
    } catch (IOException e) {
      throw new AssertionError(file.toString(), e);
    }
  }
}
