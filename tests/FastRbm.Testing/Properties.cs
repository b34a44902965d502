using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Testing;

/// <summary>Checks a claim on many drawn cases, the same ones in every run.</summary>
public static class Properties
{
    /// <summary>Draws cases and runs the claim on each; a failure is shrunk and reported with the case.</summary>
    /// <param name="cases">Where the cases come from.</param>
    /// <param name="claim">Throws when it doesn't hold, as assertions do.</param>
    /// <param name="count">How many cases.</param>
    /// <param name="seed">Other seeds draw other cases.</param>
    public static void Hold<T>(Arbitrary<T> cases, Action<T> claim, int count = 300, ulong seed = 1) =>
        Prop.ForAll(cases, claim).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(seed, 0x9E3779B97F4A7C15));
}
