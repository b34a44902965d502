using System.CommandLine;

namespace FastRbm.Cli.Demos;

/// <summary>A worked example, from data to a page that shows what came of it.</summary>
/// <remarks>A new one is a class of its own, named in <see cref="DemoList"/>: nothing else has to change.</remarks>
internal abstract class Demo
{
    /// <summary>What the command line calls it; also the name of its page.</summary>
    public abstract string Name { get; }

    /// <summary>What it shows, in one line.</summary>
    public abstract string Summary { get; }

    /// <summary>Options of its own, beside those that all demos have.</summary>
    public virtual IEnumerable<Option> Options => [];

    /// <summary>Computes everything and writes the page. The same seed gives the same page for any number of threads.</summary>
    /// <param name="run">Where to write, and what all demos share.</param>
    /// <param name="parse">The values of the options.</param>
    /// <exception cref="OperationCanceledException">A signal came: nothing is saved.</exception>
    public abstract void Run(DemoRun run, ParseResult parse);
}
