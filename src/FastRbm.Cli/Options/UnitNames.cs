using FastRbm.Models;

namespace FastRbm.Cli.Options;

/// <summary>Names of kinds of units on the command line.</summary>
internal static class UnitNames
{
    /// <summary>Makes a layer of a name.</summary>
    /// <exception cref="UsageException">There is no such kind, or it doesn't make that many units.</exception>
    public static UnitLayer Check(string option, string name, int count)
    {
        try
        {
            return UnitLayers.Parse(name, count);
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException($"{option}: {wrong.Message}");
        }
    }
}
