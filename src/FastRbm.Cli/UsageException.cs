namespace FastRbm.Cli;

/// <summary>The command line asks for something that can't be: exit code 2.</summary>
/// <param name="message">One line that names the option, what it takes and what it got.</param>
internal sealed class UsageException(string message) : Exception(message);
