using FastRbm.Models.Boltzmann;

namespace FastRbm.Tests.Models.Boltzmann;

public sealed class CouplingGraphTests
{
    [Theory]
    [InlineData("dense6", 15)]
    [InlineData("grid2x3", 7)]
    [InlineData("torus3x3", 18)]
    [InlineData("star7", 6)]
    [InlineData("edges5", 3)]
    public void Edges_are_numbered_by_their_units(string name, int count)
    {
        CouplingGraph graph = BoltzmannModels.Graph(name);
        Assert.Equal(count, graph.Edges);
        int next = 0;
        for (int i = 0; i < graph.Units; i++)
        {
            int degree = 0;
            for (int j = 0; j < graph.Units; j++)
            {
                int edge = graph.EdgeOf(i, j);
                Assert.Equal(edge, graph.EdgeOf(j, i));
                degree += edge >= 0 ? 1 : 0;
                if (j > i && edge >= 0)
                {
                    Assert.Equal(next++, edge);
                    Assert.Equal((i, j), graph.Edge(edge));
                }
            }

            Assert.Equal(degree, graph.Degree(i));
        }

        Assert.Equal(count, next);
    }

    [Fact]
    public void A_torus_has_four_neighbours_everywhere()
    {
        CouplingGraph graph = CouplingGraph.Grid(4, 5, periodic: true);
        Assert.True(graph.EdgeOf(0, 4) >= 0);
        Assert.True(graph.EdgeOf(0, 15) >= 0);
        Assert.Equal(-1, CouplingGraph.Grid(4, 5, periodic: false).EdgeOf(0, 15));
        for (int unit = 0; unit < 20; unit++)
        {
            Assert.Equal(4, graph.Degree(unit));
        }
    }

    [Fact]
    public void Masks_and_edges_make_the_same_graph()
    {
        bool[,] mask = new bool[5, 5];
        foreach ((int i, int j) in (ReadOnlySpan<(int, int)>)[(0, 4), (1, 2), (2, 4)])
        {
            mask[i, j] = mask[j, i] = true;
        }

        CouplingGraph graph = CouplingGraph.FromMask(mask);
        Assert.Equal([(0, 4), (1, 2), (2, 4)], Enumerable.Range(0, 3).Select(graph.Edge));
        mask[3, 0] = true;
        Assert.Contains("row 3, column 0", Assert.Throws<ArgumentException>(() => CouplingGraph.FromMask(mask)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_edges_are_named()
    {
        Assert.Contains("(1, 1) at 1", Assert.Throws<ArgumentException>(static () => CouplingGraph.FromEdges(3, [(0, 1), (1, 1)])).Message, StringComparison.Ordinal);
        Assert.Contains("(0, 3) at 0", Assert.Throws<ArgumentException>(static () => CouplingGraph.FromEdges(3, [(0, 3)])).Message, StringComparison.Ordinal);
        Assert.Contains("(0, 1) twice", Assert.Throws<ArgumentException>(static () => CouplingGraph.FromEdges(3, [(0, 1), (1, 0)])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(static () => CouplingGraph.Grid(2, 5, periodic: true));
        Assert.Throws<ArgumentOutOfRangeException>(static () => CouplingGraph.Complete(0));
    }

    [Theory]
    [InlineData("torus12x14", 2)]
    [InlineData("grid9x11", 2)]
    [InlineData("star7", 2)]
    [InlineData("dense6", 6)]
    [InlineData("torus3x3", 4)]
    public void Greedy_colours_are_proper_and_few(string name, int most)
    {
        CouplingGraph graph = BoltzmannModels.Graph(name);
        GraphColouring colouring = GraphColouring.Greedy(graph);
        Assert.InRange(colouring.Colours, 1, most);
        Assert.Equal(colouring.Colours, GraphColouring.FromColours(graph, colouring.Of).Colours);
    }

    [Fact]
    public void Colourings_that_are_not_proper_are_refused()
    {
        CouplingGraph graph = CouplingGraph.FromEdges(4, [(0, 1), (2, 3)]);
        Assert.Contains("units 2 and 3", Assert.Throws<ArgumentException>(() => GraphColouring.FromColours(graph, [0, 1, 1, 1])).Message, StringComparison.Ordinal);
        Assert.Contains("-1 at unit 1", Assert.Throws<ArgumentException>(() => GraphColouring.FromColours(graph, [0, -1, 1, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("no unit of colour 1", Assert.Throws<ArgumentException>(() => GraphColouring.FromColours(graph, [0, 2, 0, 2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GraphColouring.FromColours(graph, [0, 1]));
    }
}
