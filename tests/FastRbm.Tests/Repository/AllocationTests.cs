using FastRbm.Testing;
using FastRbm.Tests.Testing;

namespace FastRbm.Tests.Repository;

[Collection(AllocationGroup.Name)]
public sealed class AllocationTests
{
    private const string Table = "perf-results/allocations.json";

    [Fact]
    public void Steps_sweeps_kernels_and_batch_operations_allocate_nothing_and_the_rest_what_is_accepted()
    {
        using MeasuredOperations operations = new();
        Dictionary<string, long> found = operations.All.ToDictionary(static operation => operation.Name, static operation => AllocationGate.BytesOf(operation.Run));
        Findings.None([.. operations.All
            .Where(operation => !operation.IsSetUp && found[operation.Name] != 0)
            .Select(operation => $"{operation.Name}: expected 0 bytes, found {found[operation.Name]} bytes in a call")]);

        Acceptance.WriteIfAsked(Table, AllocationTable.Write(found));
        string[] differences = [.. AllocationTable.Differences(AllocationTable.Read(RepositoryTree.Read(Table)), found)];
        Assert.True(differences.Length == 0, $"Allocated bytes differ from {Table}; {Acceptance.Hint}.\n{string.Join('\n', differences)}");
    }

    [Fact]
    public void A_difference_in_either_direction_and_a_row_too_many_or_too_few_are_named()
    {
        Dictionary<string, long> accepted = new() { ["a"] = 0, ["b"] = 24, ["c"] = 48, ["gone"] = 0 };
        Dictionary<string, long> found = new() { ["a"] = 0, ["b"] = 48, ["c"] = 24, ["new"] = 8 };
        Assert.Equal(
            [
                "b: expected 24 bytes, found 48 bytes", "c: expected 48 bytes, found 24 bytes", "gone: expected 0 bytes, found none",
                "new: expected no such operation, found 8 bytes",
            ],
            AllocationTable.Differences(accepted, found));
        Assert.Equal(accepted, AllocationTable.Read(AllocationTable.Write(accepted)));
        Assert.Equal("{\n  \"a\": 0,\n  \"b\": 24\n}\n", AllocationTable.Write(new Dictionary<string, long> { ["b"] = 24, ["a"] = 0 }));
    }
}
