using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class SamplerTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_gibbs_step_passes_the_audit(bool strong) => Pass(Model(strong), new ProductionSampler(Model(strong), seed: 2), seed: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_chain_set_passes_the_audit(bool strong)
    {
        using ChainSetSampler sampler = new(Model(strong), seed: 3);
        Pass(Model(strong), sampler, seed: 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mutant_without_a_mistake_passes_the_audit(bool strong) =>
        Pass(Model(strong), new MutantSampler(Model(strong), Mistake.None, seed: 5), seed: 6);

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Every_mutant_is_caught(Mistake mistake)
    {
        double least = new[] { false, true }.Min(strong =>
            SamplerAudit.Run(Model(strong), new MutantSampler(Model(strong), mistake, seed: 7), seed: 8).Values.Min());
        Assert.True(least < Budget.Caught, $"{mistake}: smallest p-value {least}");
    }

    public static TheoryData<Mistake> Mistakes() => [.. Enum.GetValues<Mistake>().Where(mistake => mistake != Mistake.None)];

    private static ReferenceRbm Model(bool strong) => strong ? AuditModels.Strong : AuditModels.Mixed;

    private static void Pass(ReferenceRbm model, IStepSampler sampler, ulong seed)
    {
        foreach ((string check, double p) in SamplerAudit.Run(model, sampler, seed))
        {
            Assert.True(p > Budget.PerCheck, $"{check}: p-value {p}");
        }
    }
}
