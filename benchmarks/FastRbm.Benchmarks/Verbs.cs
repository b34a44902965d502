using System.Text.Json;

namespace FastRbm.Benchmarks;

/// <summary>Picks the verb that the arguments name, or says which there are.</summary>
internal static class Verbs
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int Usage = 2;

    /// <summary>Runs the program.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="verbs">What it can do.</param>
    /// <returns>The exit code: 0 done, 1 failed, 2 arguments that aren't understood.</returns>
    public static int Run(string[] arguments, Verb[] verbs)
    {
        if (arguments is [] or ["--help"] or ["-h"])
        {
            Console.WriteLine("usage: dotnet run -c Release --project benchmarks/FastRbm.Benchmarks -- VERB [ARGUMENTS]");
            foreach (Verb verb in verbs)
            {
                Console.WriteLine($"  {verb.Name} {verb.Arguments}");
                Console.WriteLine($"      {verb.Purpose}");
            }

            return Done;
        }

        Verb? chosen = Array.Find(verbs, verb => verb.Name == arguments[0]);
        try
        {
            return chosen is null
                ? throw new UsageException($"expected {string.Join(", ", verbs.Select(static verb => verb.Name))}, found \"{arguments[0]}\"")
                : chosen.Run(arguments[1..]);
        }
        catch (UsageException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return Usage;
        }
        catch (Exception error) when (error is ArgumentException or IOException or UnauthorizedAccessException or FormatException or JsonException or Errors.InvalidInputException)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return Failed;
        }
    }
}
