namespace FastRbm.Cli;

/// <summary>Where a command writes: results to one writer, messages to the other.</summary>
/// <param name="output">Results.</param>
/// <param name="error">Messages and progress.</param>
/// <param name="showsProgress">Whether messages go to a person at a terminal.</param>
internal sealed class Terminal(TextWriter output, TextWriter error, bool showsProgress)
{
    /// <summary>Results.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Messages and progress.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Whether a progress bar is of any use.</summary>
    public bool ShowsProgress { get; } = showsProgress;

    /// <summary>Makes results appear.</summary>
    /// <exception cref="IOException">Nobody can take them: the message says that they were meant.</exception>
    public void FlushResults()
    {
        try
        {
            Output.Flush();
        }
        catch (IOException failure)
        {
            throw new IOException($"standard output: expected to write the results, found {failure.Message.TrimEnd('.')}.", failure);
        }
    }

    /// <summary>Writes one message line.</summary>
    public void Note(string message)
    {

        // A file name may hold a line feed; a message is one line.
        Error.WriteLine("rbm: " + message.ReplaceLineEndings(" "));
    }
}
