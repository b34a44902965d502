namespace FastRbm.Tests.Testing;

/// <summary>Tests that count allocated bytes: nothing else runs beside them. Mark a class with <c>[Collection(AllocationGroup.Name)]</c>.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationGroup
{
    public const string Name = "allocation";
}
