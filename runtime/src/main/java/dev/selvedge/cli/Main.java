package dev.selvedge.cli;

/** The entry point of {@code selvedge.jar}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    String version = Main.class.getPackage().getImplementationVersion();
    System.out.println("selvedge " + (version == null ? "(not packaged)" : version));
  }
}
