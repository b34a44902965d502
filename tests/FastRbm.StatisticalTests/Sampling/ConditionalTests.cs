using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class ConditionalTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Conditional_chains_pass_the_audit(bool strong)
    {
        using ConditionalChainsSampler sampler = new(Model(strong), seed: 3);
        Pass(Model(strong), sampler, seed: 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mutant_without_a_mistake_passes_the_audit(bool strong) =>
        Pass(Model(strong), new ConditionalMutant(Model(strong), ConditionalMistake.None, seed: 5), seed: 6);

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Every_mutant_is_caught(ConditionalMistake mistake)
    {
        double least = ConditionalAudit.Run(AuditModels.Mixed, new ConditionalMutant(AuditModels.Mixed, mistake, seed: 7), seed: 8).Values.Min();
        Assert.True(least < Budget.Caught, $"{mistake}: smallest p-value {least}");
    }

    public static TheoryData<ConditionalMistake> Mistakes() =>
        [.. Enum.GetValues<ConditionalMistake>().Where(static mistake => mistake != ConditionalMistake.None)];

    private static ReferenceRbm Model(bool strong) => strong ? AuditModels.Strong : AuditModels.Mixed;

    private static void Pass(ReferenceRbm model, IConditionalSampler sampler, ulong seed)
    {
        foreach ((string check, double p) in ConditionalAudit.Run(model, sampler, seed))
        {
            Assert.True(p > Budget.PerCheck, $"{check}: p-value {p}");
        }
    }
}
