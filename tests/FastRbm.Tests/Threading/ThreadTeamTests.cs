using FastRbm.Testing;
using FastRbm.Tests.Testing;
using FastRbm.Threading;

namespace FastRbm.Tests.Threading;

[Collection(AllocationGroup.Name)]
public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(17)]
    public void Every_member_runs_every_task_once(int members)
    {
        using ThreadTeam team = new(members);
        Counting task = new(members);
        for (int run = 1; run <= 2_000; run++)
        {
            team.Run(task);
            Assert.All(task.Runs, count => Assert.Equal(run, count));
        }
    }

    [Fact]
    public void A_sleeping_team_wakes_up()
    {
        using ThreadTeam team = new(3);
        Counting task = new(3);
        for (int run = 0; run < 3; run++)
        {
            Thread.Sleep(50);
            team.Run(task);
        }

        Assert.Equal([3, 3, 3], task.Runs);
    }

    [Fact]
    public void A_failure_of_any_member_reaches_the_caller_and_the_team_goes_on()
    {
        using ThreadTeam team = new(3);
        Counting good = new(3);
        for (int member = 0; member < 3; member++)
        {
            Failing bad = new(member);
            Assert.Equal($"member {member}", Assert.Throws<InvalidOperationException>(() => team.Run(bad)).Message);
            team.Run(good);
        }

        Assert.Equal([3, 3, 3], good.Runs);
    }

    [Fact]
    public void Shares_cover_everything_once_and_are_nearly_equal()
    {
        for (int count = 0; count < 40; count++)
        {
            for (int members = 1; members < 9; members++)
            {
                int next = 0;
                for (int member = 0; member < members; member++)
                {
                    (int first, int end) = ThreadTeam.Share(count, member, members);
                    Assert.Equal(next, first);
                    Assert.InRange(end - first, count / members, (count + members - 1) / members);
                    next = end;
                }

                Assert.Equal(count, next);
            }
        }
    }

    [Fact]
    public void A_run_allocates_nothing_whether_the_team_spins_or_sleeps()
    {
        Assert.All(new[] { 2, Environment.ProcessorCount + 1 }, AllocatesNothing);
    }

    private static void AllocatesNothing(int members)
    {
        using ThreadTeam team = new(members);
        Counting task = new(members);
        Assert.Equal(0, AllocationGate.BytesOf(() =>
        {
            for (int run = 0; run < 100; run++)
            {
                team.Run(task);
            }
        }));
    }

    [Fact]
    public void No_members_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadTeam(0));

    private sealed class Counting(int members) : ITeamTask
    {
        public int[] Runs { get; } = new int[members];

        public void Run(int member, int members) => Runs[member]++;
    }

    private sealed class Failing(int which) : ITeamTask
    {
        public void Run(int member, int members)
        {
            if (member == which)
            {
                throw new InvalidOperationException($"member {member}");
            }
        }
    }
}
