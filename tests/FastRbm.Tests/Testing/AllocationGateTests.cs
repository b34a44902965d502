using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

[Collection(AllocationGroup.Name)]
public sealed class AllocationGateTests
{
    private object? _kept;

    [Fact]
    public void An_action_without_allocations_has_zero_bytes()
    {
        double[] values = new double[100];
        Assert.Equal(0, AllocationGate.BytesOf(() => values.AsSpan().Fill(values[3] + 1)));
    }

    [Fact]
    public void The_smallest_object_is_seen()
    {
        Assert.Equal(24, AllocationGate.BytesOf(() => _kept = new object()));
        Assert.NotNull(_kept);
    }

    [Fact]
    public void An_allocation_of_one_call_in_ten_is_seen_on_the_calling_thread()
    {
        int calls = 0;
        Assert.Equal(24, AllocationGate.BytesOf(() => _kept = ++calls % 10 == 0 ? new object() : _kept));
    }

    [Fact]
    public void What_is_allocated_while_warming_up_does_not_count()
    {
        byte[]? cache = null;
        Assert.Equal(0, AllocationGate.BytesOf(() => cache ??= new byte[100]));
    }

    [Fact]
    public void The_smallest_object_of_another_thread_is_seen()
    {
        using SemaphoreSlim start = new(0);
        using SemaphoreSlim done = new(0);
        bool allocate = true;
        bool stop = false;
        Thread worker = new(() =>
        {
            while (true)
            {
                start.Wait();
                if (stop)
                {
                    return;
                }

                _kept = allocate ? new object() : _kept;
                done.Release();
            }
        });
        worker.Start();
        long with = AllocationGate.BytesOf(Step);
        allocate = false;
        long without = AllocationGate.BytesOf(Step);
        stop = true;
        start.Release();
        worker.Join();
        Assert.InRange(with, 24, 1000);
        Assert.Equal(0, without);

        void Step()
        {
            start.Release();
            done.Wait();
        }
    }
}
