using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class TemperedTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Tempered_chains_pass_the_audit(int levels)
    {
        using TemperedChainsSampler sampler = new(Case(levels), seed: 21);
        Pass(Case(levels), sampler, seed: 22);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void A_tempered_mutant_without_a_mistake_passes_the_audit(int levels) =>
        Pass(Case(levels), new MutantTemperedSampler(Case(levels), TemperedMistake.None, seed: 23), seed: 24);

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Every_tempered_mutant_is_caught(TemperedMistake mistake)
    {
        double least = new[] { 3, 4 }.Min(levels =>
            TemperedAudit.Run(Case(levels), new MutantTemperedSampler(Case(levels), mistake, seed: 25), seed: 26).Values.Min());
        TestContext.Current.SendDiagnosticMessage($"{mistake}: {least}");
        Assert.True(least < Budget.Caught, $"{mistake}: smallest p-value {least}");
    }

    public static TheoryData<TemperedMistake> Mistakes() =>
        [.. Enum.GetValues<TemperedMistake>().Where(mistake => mistake != TemperedMistake.None)];

    [Fact]
    public void Tempered_chains_that_start_in_one_mode_find_the_mass_of_both_and_plain_chains_do_not()
    {
        const int Chains = 64;
        Rbm rbm = AuditModels.Engine(TwoModes.Model);
        ulong start = TwoModes.CentreOf(-1);
        Start rows = new(start);
        using ChainSet plain = new(rbm, Chains, seed: 31);
        plain.StartFrom(rows);
        double plainMass = MassOfOtherMode(2000, () =>
        {
            plain.Run(1);
            return plain.Visible;
        });

        using TemperedChains tempered = new(rbm, Chains, TemperatureLadder.Linear(8), seed: 32);
        tempered.StartFrom(rows);
        tempered.Tune(rounds: 4, sweeps: 50);
        tempered.StartFrom(rows);
        tempered.Run(500);
        double temperedMass = MassOfOtherMode(8000, () =>
        {
            tempered.Run(1);
            return tempered.Visible;
        });
        double exact = TwoModes.Mass(1);
        TestContext.Current.SendDiagnosticMessage(
            $"mass {exact:F4}, plain {plainMass:F4}, tempered {temperedMass:F4}, round trips {tempered.Statistics.RoundTrips}");
        Assert.InRange(exact, 0.65, 0.75);
        Assert.True(exact - plainMass > 0.4, $"plain chains: {plainMass} of {exact}");
        Assert.True(Math.Abs(exact - temperedMass) < 0.01, $"tempered chains: {temperedMass} of {exact}");
    }

    private static double MassOfOtherMode(int sweeps, Func<BitMatrix> sweep)
    {
        long there = 0;
        int chains = 0;
        for (int done = 0; done < sweeps; done++)
        {
            BitMatrix visible = sweep();
            chains = visible.Rows;
            for (int chain = 0; chain < chains; chain++)
            {
                there += TwoModes.ModeOf(visible.Row(chain)[0]) == 1 ? 1 : 0;
            }
        }

        return there / ((double)chains * sweeps);
    }

    private static TemperedCase Case(int levels) => levels == 3 ? TemperedCase.ThreeLevels : TemperedCase.FourLevels;

    private static void Pass(TemperedCase audited, ITemperedSampler sampler, ulong seed)
    {
        foreach ((string check, double p) in TemperedAudit.Run(audited, sampler, seed))
        {
            Assert.True(p > Budget.PerCheck, $"{check}: p-value {p}");
        }
    }

    private sealed class Start(ulong state) : IVisibleRows
    {
        public int Rows => 1;

        public int Columns => TwoModes.Visible;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) => destination[0] = state;

        public void CopyMeans(int row, Span<float> destination) => throw new NotSupportedException();
    }
}
